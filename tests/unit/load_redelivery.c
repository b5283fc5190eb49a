#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../../cmd/pg-load/redelivery.h"

/* A record of the Nth delivery, with a body and the id of its masking key. */
#define RECORD(count, body, id)                                                  \
    "{\"sqs\":{\"message_id\":\"m\",\"receive_count\":" count "},\"body\":" body \
    ",\"pii\":{\"key\":\"" id "\"}}"
#define SEALED(count, code, token)                                                          \
    "{\"sqs\":{\"receive_count\":" count "},\"error\":{\"stage\":\"mask\",\"code\":\"" code \
    "\"},\"sealed\":\"" token "\"}"
#define HANDLE "{\"sqs\":{\"receipt_handle\":\"h\"}}"
#define OLD "0a1b2c3d"
#define NEW "99887766"
#define SIV(id, rest) "{\"ip\":\"siv1." id "." rest "\"}"

static enum pg_errors_relation relate(const char *line, const char *made, const char *stored)
{
    struct redelivery redelivery;
    const struct pg_errors_text texts[] = { { line, strlen(line) }, { made, strlen(made) },
        { stored, strlen(stored) } };
    assert_int_equal(redelivery_open(&redelivery), 0);
    enum pg_errors_relation found = redelivery_relate(&redelivery, &texts[0], &texts[1], &texts[2]);
    redelivery_close(&redelivery);
    return found;
}

/* Compare a later delivery, and the same records in the other order. */
static void check(const char *later, const char *earlier, enum pg_errors_relation due_later,
    enum pg_errors_relation due_earlier)
{
    enum pg_errors_relation found = relate(HANDLE, later, earlier);
    enum pg_errors_relation back = relate(HANDLE, earlier, later);
    if (found != due_later || back != due_earlier)
        fail_msg("%s and %s: %d and %d", later, earlier, found, back);
}

static void same(const char *later, const char *earlier)
{
    check(later, earlier, PG_ERRORS_LATER, PG_ERRORS_OTHER);
}

static void other(const char *later, const char *earlier)
{
    check(later, earlier, PG_ERRORS_OTHER, PG_ERRORS_OTHER);
}

static void tokens_of_two_keys_are_the_same(void **state)
{
    (void)state;
    same(RECORD("2", SIV(NEW, "xyz_"), NEW), RECORD("1", SIV(OLD, "AbC-"), OLD));
    same(RECORD("10", "{\"h\":\"hmac1." NEW ".xyz\"}", NEW),
        RECORD("9", "{\"h\":\"hmac1." OLD ".abc\"}", OLD));
    same(SEALED("2", "root", "seal1." NEW ".xyz"), SEALED("1", "root", "seal1." OLD ".abc"));
    same(RECORD("2", "{\"a\":[1,\"\\\"\\\\\"]}", NEW),
        RECORD("1", "{\"a\":[1,\"\\\"\\\\\"]}", OLD));
    same(RECORD("2", "{}", OLD), RECORD("1", "{}", OLD));
}

static void tokens_of_one_key_or_another_form_differ(void **state)
{
    (void)state;
    other(RECORD("2", SIV(OLD, "xyz"), OLD), RECORD("1", SIV(OLD, "abc"), OLD));
    other(RECORD("2", SIV(OLD, "xyz"), NEW), RECORD("1", SIV(OLD, "abc"), OLD));
    other(RECORD("2", SIV(NEW, "wxyz"), NEW), RECORD("1", SIV(OLD, "abc"), OLD));
    other(RECORD("2", "{\"ip\":\"seal1." NEW ".xyz\"}", NEW), RECORD("1", SIV(OLD, "abc"), OLD));
    other(RECORD("2", "{\"ip\":\"aaaa1." NEW ".xyz\"}", NEW), RECORD("1", SIV(OLD, "abc"), OLD));
    other(RECORD("2", SIV(NEW, "xyz"), NEW), RECORD("1", "{\"iq\":\"siv1." OLD ".abc\"}", OLD));
    other(SEALED("2", "near", "seal1." NEW ".xyz"), SEALED("1", "root", "seal1." OLD ".abc"));
}

static void forms_are_the_same_in_a_later_delivery(void **state)
{
    (void)state;
    static const struct {
        const char *later;
        const char *earlier;
    } cases[] = {
        { RECORD("2", "{\"a\":\"593-47-5928\"}", NEW),
            RECORD("1", "{\"a\":\"668-19-1085\"}", OLD) },
        { RECORD("2", "{\"a\":5931}", NEW), RECORD("1", "{\"a\":8467}", OLD) },
        { RECORD("2", "{\"a\":\"45.221.60.9\"}", NEW), RECORD("1", "{\"a\":\"1.2.3.4\"}", OLD) },
        { RECORD("2", "{\"a\":\"2001:db8::1\"}", NEW), RECORD("1", "{\"a\":\"::\"}", OLD) },
        { RECORD("2", "{\"a\":\"x4@b.de\"}", NEW), RECORD("1", "{\"a\":\"zq@b.de\"}", OLD) },
        { RECORD("2", "{\"a\":\"2024-02-29\"}", NEW), RECORD("1", "{\"a\":\"2024-03-01\"}", OLD) },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        same(cases[i].later, cases[i].earlier);
}

static void other_content_differs(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "{\"a\":1}", "{\"b\":1}" },
        { "{\"a\":1}", "{\"a\": 1}" },
        { "{\"a\":1}", "{\"a\":10}" },
        { "{\"a\":1}", "{\"a\":\"1\"}" },
        { "{\"a\":\"1.5\"}", "{\"a\":\"1,5\"}" },
        { "{\"a\":\"1.2.3.4\"}", "{\"a\":\"2001:db8::1\"}" },
        { "{\"a\":true}", "{\"a\":null}" },
        { "{\"a\":[1]}", "{\"a\":[1,2]}" },
        { "{\"a\":\"\"}", "{\"a\":\"x\"}" },
        { "{\"a\" :1}", "{\"b\" :1}" },
    };
    char later[256], earlier[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(later, sizeof later, RECORD("2", "%s", NEW), cases[i][0]);
        (void)snprintf(earlier, sizeof earlier, RECORD("1", "%s", OLD), cases[i][1]);
        other(later, earlier);
    }
    /* Without a rotation, a form is content like any other. */
    other(RECORD("2", "{\"a\":\"x\"}", OLD), RECORD("1", "{\"a\":\"y\"}", OLD));
    other("{\"sqs\":{\"receive_count\":2},\"body\":\"x\"}",
        "{\"sqs\":{\"receive_count\":1},\"body\":\"y\"}");
    /* Whatever stands where. */
    other("{\"sqs\":{\"receive_count\":2},\"pii\":{\"key\":\"" NEW "\"}}",
        "{\"pii\":{\"key\":\"" OLD "\"},\"sqs\":{\"receive_count\":1}}");
    other(RECORD("2", "{}", NEW), "{\"sqs\":{\"receive_count\":1},\"body\"");
    other(RECORD("2", "{}", NEW), "");
    other(RECORD("2", "{}", NEW), "[1]");
}

static void only_other_deliveries_are_compared(void **state)
{
    (void)state;
    const char *two = RECORD("2", SIV(NEW, "xyz"), NEW);
    const char *one = RECORD("1", SIV(OLD, "abc"), OLD);
    other(RECORD("1", SIV(NEW, "xyz"), NEW), one);
    other(RECORD("0", SIV(NEW, "xyz"), NEW), one);
    other(RECORD("\"2\"", SIV(NEW, "xyz"), NEW), one);
    other("{\"sqs\":{},\"body\":1}", "{\"sqs\":{\"receive_count\":1},\"body\":1}");
    other("{\"body\":1}", "{\"body\":1}");
    assert_int_equal(relate(two, two, one), PG_ERRORS_OTHER); /* no handle */
    assert_int_equal(relate("{\"sqs\":{\"receipt_handle\":\"\"}}", two, one), PG_ERRORS_OTHER);
    assert_int_equal(relate("{\"sqs\":{\"receipt_handle\":1}}", two, one), PG_ERRORS_OTHER);
    assert_int_equal(relate("{\"body\":{\"receipt_handle\":\"h\"}}", two, one), PG_ERRORS_OTHER);
    assert_int_equal(relate(HANDLE, two, one), PG_ERRORS_LATER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_of_two_keys_are_the_same),
        cmocka_unit_test(tokens_of_one_key_or_another_form_differ),
        cmocka_unit_test(forms_are_the_same_in_a_later_delivery),
        cmocka_unit_test(other_content_differs),
        cmocka_unit_test(only_other_deliveries_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
