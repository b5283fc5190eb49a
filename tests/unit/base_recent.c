/* lib/base/recent: exactly the last N values are known, in any order and with any collisions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/recent.h"

enum { SEEN = 50000 };

/* New values are at the end of ${order}; its last ${count} are known. */
static void test_against_order(void **state)
{
    (void)state;
    static const size_t counts[] = { 1, 2, 3, 255, 256, 257, 1000 };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        size_t count = counts[i], news = 0;
        uint32_t *order = malloc(SEEN * sizeof *order), seed = 1;
        struct recent *recent = recent_new(count);
        assert_non_null(order);
        assert_non_null(recent);
        for (size_t j = 0; j < SEEN / (count / 100 + 1); j++) {
            seed = seed * 1664525 + 1013904223;
            uint32_t text = (seed >> 8) % (uint32_t)(2 * count);
            size_t first = news > count ? news - count : 0, at = first;
            while (at < news && order[at] != text)
                at++;
            enum recent_result expected = at < news ? RECENT_KNOWN : RECENT_NEW;
            assert_int_equal(recent_has(recent, &text, sizeof text), expected == RECENT_KNOWN);
            assert_int_equal(recent_add(recent, &text, sizeof text), expected);
            if (expected == RECENT_NEW)
                order[news++] = text;
        }
        assert_true(news > count);
        recent_free(recent);
        free(order);
    }
}

static void test_last_hundred_thousand(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct recent *recent = recent_new(COUNT);
    assert_non_null(recent);
    for (uint32_t i = 0; i < 3 * COUNT; i++)
        assert_int_equal(recent_add(recent, &i, sizeof i), RECENT_NEW);
    for (uint32_t i = 2 * COUNT; i < 3 * COUNT; i++)
        assert_int_equal(recent_add(recent, &i, sizeof i), RECENT_KNOWN);
    uint32_t forgotten = 2 * COUNT - 1;
    assert_int_equal(recent_add(recent, &forgotten, sizeof forgotten), RECENT_NEW);
    assert_int_equal(recent_add(recent, "", 0), RECENT_NEW);
    assert_int_equal(recent_add(recent, "", 0), RECENT_KNOWN);
    recent_free(recent);
}

static void test_none(void **state)
{
    (void)state;
    recent_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_order),
        cmocka_unit_test(test_last_hundred_thousand),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
