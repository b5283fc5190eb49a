/* lib/json/whole: a cut text is distinguished from a whole one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "json/whole.h"

static void beginnings_are_not_whole(void **state)
{
    (void)state;
    static const char text[] =
        " {\"a\\\\\":{\"}\":[1,{}],\"b\":\"\\\"}\\\\\"},\"c\":[[]],\"d\":\"]}}\"}";
    size_t length = sizeof text - 1;
    for (size_t i = 0; i < length; i++)
        assert_false(json_whole(text, i));
    assert_true(json_whole(text, length));
}

static void malformed_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool whole;
    } texts[] = { { "", false }, { "  ", false }, { "x", false }, { "[]", false },
        { "\"{}\"", false }, { "{}", true }, { "\t\r {}", true }, { "{\"a\":01}", true },
        { "{\"a\":\"\\ud800\"}", true }, { "{\"a\":\"\xff\"}", true }, { "{} x", true },
        { "{}}", true }, { "{{}", false }, { "{\"}", false }, { "{\"\\", false }, { "{]", true } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(json_whole(texts[i].text, strlen(texts[i].text)), texts[i].whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beginnings_are_not_whole),
        cmocka_unit_test(malformed_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
