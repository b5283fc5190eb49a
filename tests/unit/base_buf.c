#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

static void grows_and_keeps(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1 << 20);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buf_putc(&buf, (char)('a' + i % 26)), 0);
    assert_int_equal(buf.length, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buf.data[i], 'a' + i % 26);
    buf_free(&buf);
    assert_null(buf.data);
}

static void refuses_past_its_maximum(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 10);
    assert_int_equal(buf_append(&buf, "0123456789", 10), 0);
    assert_false(buf.failed);
    assert_int_equal(buf_putc(&buf, 'x'), -1);
    assert_true(buf.failed);
    assert_int_equal(buf.length, 10);
    assert_memory_equal(buf.data, "0123456789", 10);
    buf_clear(&buf);
    assert_false(buf.failed);
    assert_null(buf_reserve(&buf, SIZE_MAX));
    buf_free(&buf);
}

/* A series of appends is checked once, at its end: no piece may be missing from its middle. */
static void gives_no_text_with_a_gap(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 20);
    assert_int_equal(buf_puts(&buf, "BEGIN ISOLATION LEVEL;"), -1);
    assert_int_equal(buf_puts(&buf, "LOCK TABLE t"), -1); /* also where only this one is checked */
    assert_int_equal(buf_printf(&buf, "%d", 1), -1);
    assert_null(buf_cstr(&buf));
    buf_clear(&buf);
    assert_int_equal(buf_puts(&buf, "LOCK TABLE t"), 0);
    assert_string_equal(buf_cstr(&buf), "LOCK TABLE t");
    buf_free(&buf);
}

static void formats(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    assert_int_equal(buf_puts(&buf, "n="), 0);
    assert_int_equal(buf_printf(&buf, "%d:%s", 7, "seven"), 0);
    assert_string_equal(buf_cstr(&buf), "n=7:seven");
    assert_int_equal(buf.length, 9);
    buf_shrink(&buf, 0);
    assert_null(buf.data);
    assert_non_null(buf_reserve(&buf, 0)); /* nothing reserved, but not NULL */
    assert_false(buf.failed);
    assert_int_equal(buf.maximum, 100);
    buf_wipe(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_keeps),
        cmocka_unit_test(refuses_past_its_maximum),
        cmocka_unit_test(gives_no_text_with_a_gap),
        cmocka_unit_test(formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
