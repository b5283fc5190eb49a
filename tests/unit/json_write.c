#include "json_guard.h"

#include "base/buf.h"
#include "json/write.h"
#include "json_slow.h"

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
        buf_init(&out, strlen(texts[i].compact)); /* room for exactly the output suffices */
        assert_int_equal(json_write_compact(&out, texts[i].text, length), 0);
        buf_free(&out);
        buf_init(&out, strlen(texts[i].ascii) - 1);
        assert_int_equal(json_write_ascii(&out, texts[i].text, length), -1);
        buf_free(&out);
        buf_init(&out, 4096);
    }
    /* an invalid text may give any output, but it ends, within its bounds */
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

/* The room ends where no byte may be written, and the text ends where none may be read. */
static void check_place(const char *text, size_t length)
{
    static char compact[1024], room[1024];
    size_t written = 0;
    struct buf out = { .capacity = length, .maximum = length };

    assert_true(length <= sizeof compact && slow_valid(text, length, 4, compact, &written));
    out.data = guard_pages() + GUARD_ROOM - length;
    assert_int_equal(json_write_compact(&out, guard_start(text, length), length), 0);
    assert_int_equal(out.length, written);
    assert_memory_equal(out.data, compact, written);
    out = (struct buf){ .data = room, .capacity = sizeof room, .maximum = sizeof room };
    assert_int_equal(json_write_compact(&out, guard_end(text, length), length), 0);
    assert_int_equal(out.length, written);
    assert_memory_equal(room, compact, written);
}

/*
 * A string that begins and ends at every place of the windows, with a special character at its end,
 * between blanks. After it comes nothing, or more text.
 */
static void writes_compact_at_every_place(void **state)
{
    static const char *const ends[] = { "", " ", "\\\"", "\\\\", "\\\\\\\"", "\\\" ", " \\\\",
        "\\u0041" };
    static const size_t behind[] = { 0, 1, 15, 16, 17, 63, 64, 65, 79, 80, 81, 150 };
    static char text[1024];

    (void)state;
    for (size_t before = 0; before < 132; before++)
        for (size_t inside = 0; inside < 132; inside += inside < 3 || inside > 60 ? 1 : 7)
            for (size_t end = 0; end < sizeof ends / sizeof ends[0]; end++) {
                size_t more = behind[(before + inside + end) % (sizeof behind / sizeof behind[0])];
                int length = snprintf(text, sizeof text, "[%*s\"%*s%s\" %s%*s]", (int)before, "",
                    (int)inside, "", ends[end], more ? ",\"\\\\\"" : "", (int)more, "");

                check_place(text, (size_t)length);
            }
}

/* Enough backslashes to fill whole windows. */
static void writes_backslashes_at_every_place(void **state)
{
    static char text[1024];

    (void)state;
    for (size_t before = 0; before < 70; before++)
        for (size_t pairs = 0; pairs < 70; pairs++) {
            size_t length = before + 1;

            memset(text, ' ', sizeof text);
            text[before] = '"';
            memset(text + length, '\\', 2 * pairs);
            length += 2 * pairs;
            memcpy(text + length, "\\\" \"  ", 6);
            check_place(text, length + 6);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_compact_and_ascii),
        cmocka_unit_test(writes_compact_at_every_place),
        cmocka_unit_test(writes_backslashes_at_every_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
