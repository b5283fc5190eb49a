#include "json_guard.h"

struct sample {
    const char *text;
    size_t length;
};
#define SAMPLE(literal)              \
    {                                \
        literal, sizeof(literal) - 1 \
    }

static const struct sample valid[] = {
    /* words, whitespace */
    SAMPLE("null"),
    SAMPLE("true"),
    SAMPLE("false"),
    SAMPLE(" \t\r\n null \t\r\n "),
    SAMPLE("[]"),
    SAMPLE("{}"),
    SAMPLE("[ ]"),
    SAMPLE("{\n}"),
    SAMPLE("[null,true,false]"),
    SAMPLE("\t[\t1\t,\t2\t]\t"),
    SAMPLE("{ \"a\" : 1 , \"b\" : [ ] }"),
    SAMPLE("[[[[]]],{}]"),
    SAMPLE("{\"a\":{\"b\":{\"c\":{}}}}"),
    SAMPLE("[{},{},[{}]]"),
    SAMPLE("{\"a\":1,\"a\":2}"),
    SAMPLE("{\"\":0}"),
    SAMPLE("\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\"a\""),
    SAMPLE(
        "{\"a\"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
        "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n:\"b\"}"),
    /* numbers */
    SAMPLE("0"),
    SAMPLE("-0"),
    SAMPLE("1"),
    SAMPLE("-1"),
    SAMPLE("10"),
    SAMPLE("0.0"),
    SAMPLE("-0.5e+7"),
    SAMPLE("1e1"),
    SAMPLE("1E-2"),
    SAMPLE("0e0"),
    SAMPLE("0E+00"),
    SAMPLE("1.0e10"),
    SAMPLE("123456789012345678901234567890"),
    SAMPLE("1.123456789012345678901234567890"),
    SAMPLE("1e999999999"),
    SAMPLE("[0,-0,1.10]"),
    SAMPLE("[12345678901234567891,1.10]"),
    SAMPLE("[1234567890.12345,1,2,3]"),
    SAMPLE("[123456789012345,1,2,3]"),
    SAMPLE("[1234567890123456,1,2,3]"),
    SAMPLE("[12345678901234567,1,2,3]"),
    SAMPLE("[-12345678901234.5,1,2,3]"),
    SAMPLE("[1.5e300,-1.5E-300,0]              "),
    SAMPLE("{\"a\":-0.000,\"b\":0}"),
    /* strings */
    SAMPLE("\"\""),
    SAMPLE("\"a\""),
    SAMPLE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
    SAMPLE("\"\\u0000\""),
    SAMPLE("\"\\u00e9\\u00E9\\uFFFF\\uABCD\\uabcd\""),
    SAMPLE("\"\\ud800\\udc00\""),
    SAMPLE("\"\\uDBFF\\uDFFF\""),
    SAMPLE("\"\\uD7FF\\uE000\""),
    SAMPLE("\"\\\\u0000\""),
    SAMPLE("\"\\\\\\\\\""),
    SAMPLE("\"\\\\\\\"\""),
    SAMPLE("\"\x7f\""),
    SAMPLE("\" / \""),
    SAMPLE("[\"0123456789abcde\",\"0123456789abcdef\",\"0123456789abcdefg\"]"),
    /* UTF-8 at its bounds */
    SAMPLE("\"\xC2\x80\""),
    SAMPLE("\"\xDF\xBF\""),
    SAMPLE("\"\xE0\xA0\x80\""),
    SAMPLE("\"\xE1\x80\x80\""),
    SAMPLE("\"\xEC\xBF\xBF\""),
    SAMPLE("\"\xED\x80\x80\""),
    SAMPLE("\"\xED\x9F\xBF\""),
    SAMPLE("\"\xEE\x80\x80\""),
    SAMPLE("\"\xEF\xBF\xBF\""),
    SAMPLE("\"\xEF\xBB\xBF\""),
    SAMPLE("\"\xF0\x90\x80\x80\""),
    SAMPLE("\"\xF1\x80\x80\x80\""),
    SAMPLE("\"\xF3\xBF\xBF\xBF\""),
    SAMPLE("\"\xF4\x80\x80\x80\""),
    SAMPLE("\"\xF4\x8F\xBF\xBF\""),
    SAMPLE("{\"\xC3\xA9\":\"\xE2\x82\xAC\xF0\x9F\x98\x80\"}"),
};

static const struct {
    struct sample text;
    enum json_error error;
    size_t offset;
} invalid[] = {
    { SAMPLE(""), JSON_SYNTAX, 0 },
    { SAMPLE("  "), JSON_SYNTAX, 2 },
    { SAMPLE("\xEF\xBB\xBF{}"), JSON_SYNTAX, 0 },
    { SAMPLE("\0"), JSON_SYNTAX, 0 },
    { SAMPLE("[\0]"), JSON_SYNTAX, 1 },
    { SAMPLE("[1]\0"), JSON_SYNTAX, 3 },
    { SAMPLE("nul"), JSON_SYNTAX, 3 },
    { SAMPLE("nulL"), JSON_SYNTAX, 3 },
    { SAMPLE("True"), JSON_SYNTAX, 0 },
    { SAMPLE("tru "), JSON_SYNTAX, 3 },
    { SAMPLE("truee"), JSON_SYNTAX, 4 },
    { SAMPLE("NaN"), JSON_SYNTAX, 0 },
    { SAMPLE("Infinity"), JSON_SYNTAX, 0 },
    { SAMPLE("'a'"), JSON_SYNTAX, 0 },
    { SAMPLE("a"), JSON_SYNTAX, 0 },
    { SAMPLE("\xC3\xA9"), JSON_SYNTAX, 0 },
    { SAMPLE("/**/1"), JSON_SYNTAX, 0 },
    { SAMPLE("1 2"), JSON_SYNTAX, 2 },
    { SAMPLE("\f1"), JSON_SYNTAX, 0 },
    { SAMPLE("\xC2\xA0"
             "1"),
        JSON_SYNTAX, 0 },
    /* structure */
    { SAMPLE("["), JSON_SYNTAX, 1 },
    { SAMPLE("]"), JSON_SYNTAX, 0 },
    { SAMPLE("{"), JSON_SYNTAX, 1 },
    { SAMPLE("}"), JSON_SYNTAX, 0 },
    { SAMPLE("[}"), JSON_SYNTAX, 1 },
    { SAMPLE("{]"), JSON_SYNTAX, 1 },
    { SAMPLE("[1}"), JSON_SYNTAX, 2 },
    { SAMPLE("{\"a\":1]"), JSON_SYNTAX, 6 },
    { SAMPLE("[1,]"), JSON_SYNTAX, 3 },
    { SAMPLE("[,1]"), JSON_SYNTAX, 1 },
    { SAMPLE("[1,,2]"), JSON_SYNTAX, 3 },
    { SAMPLE("[1 2]"), JSON_SYNTAX, 3 },
    { SAMPLE("[1:2]"), JSON_SYNTAX, 2 },
    { SAMPLE("[\"a\":1]"), JSON_SYNTAX, 4 },
    { SAMPLE("[\"a\",\"b\":\"c\"]"), JSON_SYNTAX, 8 },
    { SAMPLE("[]]"), JSON_SYNTAX, 2 },
    { SAMPLE("{}}"), JSON_SYNTAX, 2 },
    { SAMPLE("[][]"), JSON_SYNTAX, 2 },
    { SAMPLE("{\"a\"}"), JSON_SYNTAX, 4 },
    { SAMPLE("{\"a\":}"), JSON_SYNTAX, 5 },
    { SAMPLE("{\"a\":1,}"), JSON_SYNTAX, 7 },
    { SAMPLE("{,\"a\":1}"), JSON_SYNTAX, 1 },
    { SAMPLE("{\"a\" 1}"), JSON_SYNTAX, 5 },
    { SAMPLE("{\"a\"\"b\"}"), JSON_SYNTAX, 4 },
    { SAMPLE("{\"a\",\"b\"}"), JSON_SYNTAX, 4 },
    { SAMPLE("{\"a\":\"b\":\"c\"}"), JSON_SYNTAX, 8 },
    { SAMPLE("{\"a\":1,\"b\"}"), JSON_SYNTAX, 10 },
    { SAMPLE("{\"a\":\"b\",\"c\"}"), JSON_SYNTAX, 12 },
    { SAMPLE("{\"a\":\"b\",1:2}"), JSON_SYNTAX, 9 },
    { SAMPLE("{a:1}"), JSON_SYNTAX, 1 },
    { SAMPLE("{1:1}"), JSON_SYNTAX, 1 },
    { SAMPLE("{null:1}"), JSON_SYNTAX, 1 },
    { SAMPLE("{\"a\"::1}"), JSON_SYNTAX, 5 },
    { SAMPLE("[\\n]"), JSON_SYNTAX, 1 },
    { SAMPLE("[1]\"a"), JSON_SYNTAX, 3 },
    /* numbers */
    { SAMPLE("-"), JSON_SYNTAX, 1 },
    { SAMPLE("+1"), JSON_SYNTAX, 0 },
    { SAMPLE("01"), JSON_SYNTAX, 1 },
    { SAMPLE("-01"), JSON_SYNTAX, 2 },
    { SAMPLE("00"), JSON_SYNTAX, 1 },
    { SAMPLE("[01                ]"), JSON_SYNTAX, 2 },
    { SAMPLE("[-012.5            ]"), JSON_SYNTAX, 3 },
    { SAMPLE("1."), JSON_SYNTAX, 2 },
    { SAMPLE(".5"), JSON_SYNTAX, 0 },
    { SAMPLE("1.e1"), JSON_SYNTAX, 2 },
    { SAMPLE("[1.               ]"), JSON_SYNTAX, 3 },
    { SAMPLE("[1.2.3            ]"), JSON_SYNTAX, 4 },
    { SAMPLE("1e"), JSON_SYNTAX, 2 },
    { SAMPLE("1e+"), JSON_SYNTAX, 3 },
    { SAMPLE("[1e               ]"), JSON_SYNTAX, 3 },
    { SAMPLE("1e1.5"), JSON_SYNTAX, 3 },
    { SAMPLE("1ee1"), JSON_SYNTAX, 2 },
    { SAMPLE("0x10"), JSON_SYNTAX, 1 },
    { SAMPLE("1_000"), JSON_SYNTAX, 1 },
    { SAMPLE("--1"), JSON_SYNTAX, 1 },
    { SAMPLE("-a"), JSON_SYNTAX, 1 },
    { SAMPLE("[-                ]"), JSON_SYNTAX, 2 },
    { SAMPLE("1\xEF\xBC\x91"), JSON_SYNTAX, 1 },
    /* strings */
    { SAMPLE("\""), JSON_SYNTAX, 1 },
    { SAMPLE("\"abc"), JSON_SYNTAX, 4 },
    { SAMPLE("\"\\\""), JSON_SYNTAX, 3 },
    { SAMPLE("\"\\"), JSON_SYNTAX, 1 },
    { SAMPLE("\"\\x41\""), JSON_SYNTAX, 1 },
    { SAMPLE("\"\\a\""), JSON_SYNTAX, 1 },
    { SAMPLE("\"\\U0041\""), JSON_SYNTAX, 1 },
    { SAMPLE("\"\\'\""), JSON_SYNTAX, 1 },
    { SAMPLE("\"\\u004\""), JSON_SYNTAX, 1 },
    { SAMPLE("\"\\u00g0\""), JSON_SYNTAX, 1 },
    { SAMPLE("\"\\u 041\""), JSON_SYNTAX, 1 },
    { SAMPLE("\"\\u"), JSON_SYNTAX, 1 },
    { SAMPLE("\"a\x01\""), JSON_SYNTAX, 2 },
    { SAMPLE("\"a\x1f\""), JSON_SYNTAX, 2 },
    { SAMPLE("\"a\nb\""), JSON_SYNTAX, 2 },
    { SAMPLE("\"a\tb\""), JSON_SYNTAX, 2 },
    { SAMPLE("\"a\0b\""), JSON_SYNTAX, 2 },
    { SAMPLE("\"\\\n\""), JSON_SYNTAX, 1 },
    { SAMPLE("{\"a\nb\":1}"), JSON_SYNTAX, 3 },
    /* half a pair */
    { SAMPLE("\"\\ud800\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\udc00\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\udfff\\ud800\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\ud800\\ud800\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\ud800\\u0041\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\ud800\\udbff\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\ud800\\ue000\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\ud800\\n_____\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\ud800_udc00\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\ud800\\udc0\""), JSON_SURROGATE, 1 },
    { SAMPLE("\"\\ud800\\udc00\\udc00\""), JSON_SURROGATE, 13 },
    { SAMPLE("{\"\\ud800\":1}"), JSON_SURROGATE, 2 },
    /* UTF-8: the first invalid byte */
    { SAMPLE("\"\x80\""), JSON_UTF8, 1 },
    { SAMPLE("\"\xBF\""), JSON_UTF8, 1 },
    { SAMPLE("\"\xC0\x80\""), JSON_UTF8, 1 },
    { SAMPLE("\"\xC1\xBF\""), JSON_UTF8, 1 },
    { SAMPLE("\"\xC2\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xC2\xC2\x80\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xC2\x80\x80\""), JSON_UTF8, 3 },
    { SAMPLE("\"\xE0\x9F\xBF\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xE0\x80\x80\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xE2\x82\""), JSON_UTF8, 3 },
    { SAMPLE("\"\xE2\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xE2\x28\xA1\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xED\xA0\x80\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xED\xBF\xBF\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xED\xAF\xBF\xED\xB0\x80\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xF0\x8F\xBF\xBF\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xF0\x80\x80\x80\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xF0\x9F\x98\""), JSON_UTF8, 4 },
    { SAMPLE("\"\xF0\x9F\""), JSON_UTF8, 3 },
    { SAMPLE("\"\xF4\x90\x80\x80\""), JSON_UTF8, 2 },
    { SAMPLE("\"\xF5\x80\x80\x80\""), JSON_UTF8, 1 },
    { SAMPLE("\"\xF8\x88\x80\x80\x80\""), JSON_UTF8, 1 },
    { SAMPLE("\"\xFE\""), JSON_UTF8, 1 },
    { SAMPLE("\"\xFF\""), JSON_UTF8, 1 },
    { SAMPLE("{\"\xC3\":1}"), JSON_UTF8, 3 },
    { SAMPLE("\"\\n\xC3\\n\""), JSON_UTF8, 4 },
    { SAMPLE("[\"a\",\xC3\xA9]"), JSON_SYNTAX, 5 },
    { SAMPLE("[\"\xC3\xA9\",\"\xC3\"]"), JSON_UTF8, 8 },
    { SAMPLE("\"\xE2\x82"), JSON_SYNTAX, 3 }, /* cut off, not wrong */
    { SAMPLE("\"\xE2\x82\xAC"), JSON_SYNTAX, 4 },
};

static void accepts_what_is_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        struct json_result result = guard_scan(valid[i].text, valid[i].length, JSON_MAX_DEPTH);

        if (result.error != JSON_OK)
            fail_msg("%s: %s at %zu", valid[i].text, json_error_name(result.error), result.offset);
    }
}

static void refuses_what_is_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        struct json_result result =
            guard_scan(invalid[i].text.text, invalid[i].text.length, JSON_MAX_DEPTH);

        if (result.error != invalid[i].error || result.offset != invalid[i].offset)
            fail_msg("case %zu, %s: %s at %zu, not %s at %zu", i, invalid[i].text.text,
                json_error_name(result.error), result.offset, json_error_name(invalid[i].error),
                invalid[i].offset);
    }
}

/* Each case again after a filler in a string, so that it is at every place of a window. */
static void says_the_same_at_every_place(void **state)
{
    static char text[4096];

    (void)state;
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        const struct sample *sample = &invalid[i].text;

        /*
         * inside an array, those that end the text early or are outside of one have another meaning
         */
        if (sample->length == 0 || sample->text[0] != '"')
            continue;
        for (size_t filler = 0; filler < 140; filler++) {
            size_t start = filler + 4;
            struct json_result result;

            text[0] = '[';
            text[1] = '"';
            memset(text + 2, 'x', filler);
            memcpy(text + 2 + filler, "\",", 2);
            memcpy(text + start, sample->text, sample->length);
            result = guard_scan(text, start + sample->length, JSON_MAX_DEPTH);
            assert_int_equal(result.error, invalid[i].error);
            assert_int_equal(result.offset, start + invalid[i].offset);
        }
    }
}

static void finds_the_end_of_strings_at_every_place(void **state)
{
    static const char *const pieces[] = { "", "\\\"", "\\\\", "\xC3\xA9", "\xF0\x9F\x98\x80",
        "\\u0041" };
    static char text[4096];

    (void)state;
    for (size_t before = 0; before < 80; before++) {
        for (size_t inside = 0; inside < 140; inside++) {
            for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
                size_t piece = strlen(pieces[k]), length = before;
                struct json_result result;

                memset(text, ' ', before);
                text[length++] = '"';
                memset(text + length, 'y', inside);
                memcpy(text + length + inside, pieces[k], piece);
                length += inside + piece;
                result = guard_scan(text, length, JSON_MAX_DEPTH);
                assert_int_equal(result.error, JSON_SYNTAX);
                assert_int_equal(result.offset, length);
                text[length++] = '"';
                result = guard_scan(text, length, JSON_MAX_DEPTH);
                assert_int_equal(result.error, JSON_OK);
                assert_int_equal(result.start, before);
                assert_int_equal(result.end, length);
            }
        }
    }
}

/* Strings far apart, with bytes in between that look like the end of the next one. */
static void finds_strings_after_long_gaps(void **state)
{
    static const char gaps[] = " \n1";
    static char text[1024];

    (void)state;
    for (size_t kind = 0; kind < 3; kind++) {
        for (size_t gap = 1; gap < 400; gap++) {
            size_t length = 0;
            struct json_result result;

            text[length++] = '[';
            memset(text + length, gaps[kind], gap);
            length += gap;
            if (gaps[kind] == '1')
                text[length++] = ',';
            memcpy(text + length, "\"a\",\"b\"]", 8);
            length += 8;
            assert_int_equal(guard_scan(text, length, 1).error, JSON_OK);
            text[length - 3] = '\t';
            result = guard_scan(text, length, 1);
            assert_int_equal(result.error, JSON_SYNTAX);
            assert_int_equal(result.offset, length - 3);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_what_is_json),
        cmocka_unit_test(refuses_what_is_not),
        cmocka_unit_test(says_the_same_at_every_place),
        cmocka_unit_test(finds_the_end_of_strings_at_every_place),
        cmocka_unit_test(finds_strings_after_long_gaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
