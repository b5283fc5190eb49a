#include "json_guard.h"

#include "base/buf.h"
#include "json/write.h"

static const struct {
    const char *text, *compact, *ascii;
} texts[] = {
    { "null", "null", "null" },
    { " 1.10 ", "1.10", "1.10" },
    { "\t{ \"a\" : [ 1 , 2.50 , -0 , 1E+5 ] ,\r\n \"b\" : { } }\n",
        "{\"a\":[1,2.50,-0,1E+5],\"b\":{}}", "{\"a\":[1,2.50,-0,1E+5],\"b\":{}}" },
    { "\" a\\\" b \\\\\"", "\" a\\\" b \\\\\"", "\" a\\\" b \\\\\"" },
    { "[ \" \\\\\" , \" \\\" \" ]", "[\" \\\\\",\" \\\" \"]", "[\" \\\\\",\" \\\" \"]" },
    { "{\" k e y \" :  \"v a l\"  }", "{\" k e y \":\"v a l\"}", "{\" k e y \":\"v a l\"}" },
    { " [ \"\xC3\xA9\" , \"x\xE2\x82\xAC \xF0\x9F\x98\x80\\\"\x7f\" ] ",
        "[\"\xC3\xA9\",\"x\xE2\x82\xAC \xF0\x9F\x98\x80\\\"\x7f\"]",
        "[\"\\u00e9\",\"x\\u20ac \\ud83d\\ude00\\\"\x7f\"]" },
    { "{\"\xC3\xA9\":\"\\u00e9\"}", "{\"\xC3\xA9\":\"\\u00e9\"}", "{\"\\u00e9\":\"\\u00e9\"}" },
    { "\"\xC3\xA9\"", "\"\xC3\xA9\"", "\"\\u00e9\"" },
    { "[                                        1                                        ]", "[1]",
        "[1]" },
    { "[12345678901234567890,\"0123456789012345 0123456789012345\", true]",
        "[12345678901234567890,\"0123456789012345 0123456789012345\",true]",
        "[12345678901234567890,\"0123456789012345 0123456789012345\",true]" },
};

static void writes_compact_and_ascii(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t length = strlen(texts[i].text);

        assert_int_equal(guard_scan(texts[i].text, length, 256).error, JSON_OK);
        buf_clear(&out);
        assert_int_equal(json_write_compact(&out, guard_end(texts[i].text, length), length), 0);
        assert_string_equal(buf_cstr(&out), texts[i].compact);
        buf_clear(&out);
        assert_int_equal(json_write_ascii(&out, guard_end(texts[i].text, length), length), 0);
        assert_string_equal(buf_cstr(&out), texts[i].ascii);
        buf_free(&out);
        buf_init(&out, strlen(texts[i].compact)); /* exactly what it takes is enough */
        assert_int_equal(json_write_compact(&out, texts[i].text, length), 0);
        buf_free(&out);
        buf_init(&out, strlen(texts[i].ascii) - 1);
        assert_int_equal(json_write_ascii(&out, texts[i].text, length), -1);
        buf_free(&out);
        buf_init(&out, 4096);
    }
    /* a text that is not valid may come out as anything, but it ends, inside its bounds */
    for (size_t length = 0; length < 32; length++) {
        json_write_compact(&out,
            guard_end("\x01 \"\\\x02\"\x80\xC3\"\x03\x04[\"\\\\\\\"\xE2\x82 \xF0\"]", length % 23),
            length % 23);
        json_write_ascii(&out,
            guard_end("\x01 \"\\\x02\"\x80\xC3\"\x03\x04[\"\\\\\\\"\xE2\x82 \xF0\"]", length % 23),
            length % 23);
    }
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_compact_and_ascii),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
