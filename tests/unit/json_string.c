#include "json_guard.h"

#include "base/buf.h"
#include "json/string.h"

struct bytes {
    const char *text;
    size_t length;
};
#define BYTES(literal)               \
    {                                \
        literal, sizeof(literal) - 1 \
    }

/* A quoted string and its content; true when encoding the content gives the same spelling. */
static const struct {
    struct bytes quoted, content;
    bool canonical;
} strings[] = {
    { BYTES("\"\""), BYTES(""), true },
    { BYTES("\"plain, and long enough for two blocks\""),
        BYTES("plain, and long enough for two blocks"), true },
    { BYTES("\"\\\"\\\\/\\b\\f\\n\\r\\t\""), BYTES("\"\\/\b\f\n\r\t"), true },
    { BYTES("\"\\/\""), BYTES("/"), false },
    { BYTES("\"\\u0000\\u0001\\u001f\x7f\""), BYTES("\0\x01\x1f\x7f"), true },
    { BYTES("\"a\\u0000b\""), BYTES("a\0b"), true },
    { BYTES("\"\\u0041\\u000a\\u0022\""), BYTES("A\n\""), false },
    { BYTES("\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""),
        BYTES("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), true },
    { BYTES("\"\\u00e9\\u20AC\\ud83d\\ude00\""), BYTES("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
        false },
    { BYTES("\"\\u007f\\u0080\\u07ff\\u0800\\uffff\\ud800\\udc00\\udbff\\udfff\""),
        BYTES("\x7f\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"),
        false },
    { BYTES("\"0123456789abcde\\\\\""), BYTES("0123456789abcde\\"), true },
    { BYTES("\"0123456789abcdef\\n\""), BYTES("0123456789abcdef\n"), true },
    { BYTES("\"\\\\u0041\""), BYTES("\\u0041"), true },
};

static void decodes_and_encodes(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        size_t quoted = strings[i].quoted.length, content = strings[i].content.length;

        assert_int_equal(guard_scan(strings[i].quoted.text, quoted, 1).error, JSON_OK);
        buf_clear(&out);
        buf_putc(&out, '>'); /* both append */
        assert_int_equal(
            json_string_decode(&out, guard_end(strings[i].quoted.text, quoted), quoted), 0);
        assert_int_equal(out.length, 1 + content);
        assert_memory_equal(out.data + 1, strings[i].content.text, content);

        buf_clear(&out);
        assert_int_equal(
            json_string_encode(&out, guard_end(strings[i].content.text, content), content), 0);
        assert_int_equal(guard_scan(out.data, out.length, 1).error, JSON_OK);
        assert_true(json_string_equals(out.data, out.length, strings[i].content.text, content));
        assert_int_equal(out.length == quoted &&
                memcmp(out.data, strings[i].quoted.text, quoted) == 0,
            strings[i].canonical);
    }
    buf_free(&out);
}

/*
 * Escapes at every place of the blocks in which a string is copied, with other lengths after them.
 * The room ends where no byte may be written.
 */
static void decodes_at_every_place(void **state)
{
    static const struct bytes escapes[][2] = {
        { BYTES("\\\""), BYTES("\"") },
        { BYTES("\\\\"), BYTES("\\") },
        { BYTES("\\n"), BYTES("\n") },
        { BYTES("\\u00e9"), BYTES("\xC3\xA9") },
        { BYTES("\\\\\\\"\\\\\\\""), BYTES("\\\"\\\"") },
    };
    char quoted[512], content[512], letters[151];

    (void)state;
    for (size_t i = 0; i < sizeof letters; i++)
        letters[i] = (char)('a' + i % 26);
    for (size_t before = 0; before < 150; before += before < 20 || before > 88 ? 1 : 5)
        for (size_t between = 0; between < 40; between++)
            for (size_t i = 0; i < 25; i++) {
                const struct bytes *one = escapes[i / 5], *two = escapes[i % 5];
                int length = snprintf(quoted, sizeof quoted, "\"%.*s%s%.*s%s%.*s\"", (int)before,
                    letters, one[0].text, (int)between, "0123456789012345678901234567890123456789",
                    two[0].text, (int)(i * 5 % 130), letters);
                int wanted = snprintf(content, sizeof content, "%.*s%s%.*s%s%.*s", (int)before,
                    letters, one[1].text, (int)between, "0123456789012345678901234567890123456789",
                    two[1].text, (int)(i * 5 % 130), letters);
                struct buf out = { .capacity = (size_t)length, .maximum = (size_t)length };

                out.data = guard_pages() + GUARD_ROOM - length;
                assert_int_equal(
                    json_string_decode(&out, guard_start(quoted, (size_t)length), (size_t)length),
                    0);
                assert_int_equal(out.length, wanted);
                assert_memory_equal(out.data, content, (size_t)wanted);
                assert_int_equal(guard_scan(quoted, (size_t)length, 1).error, JSON_OK);
            }
}

static void compares_decoded(void **state)
{
    size_t count = sizeof strings / sizeof strings[0];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        size_t quoted = strings[i].quoted.length;
        const char *text = guard_end(strings[i].quoted.text, quoted);

        for (size_t k = 0; k < count; k++) {
            const struct bytes *content = &strings[k].content;
            bool same = strings[i].content.length == content->length &&
                memcmp(strings[i].content.text, content->text, content->length) == 0;

            assert_int_equal(json_string_equals(text, quoted, content->text, content->length),
                same);
            if (content->length >
                0) /* neither a prefix of the content, nor more than the content */
                assert_false(
                    json_string_equals(text, quoted, content->text, content->length - 1) && same);
        }
    }
    assert_false(json_string_equals("\"ab\"", 4, "abc", 3));
    assert_false(json_string_equals("\"ab\"", 4, "a", 1));
    assert_true(json_string_equals("\"\"", 2, NULL, 0));
    assert_false(json_string_equals("\"a\"", 3, NULL, 0));
}

static void encodes_as_ascii(void **state)
{
    static const struct {
        struct bytes content;
        const char *quoted;
    } cases[] = {
        { BYTES(""), "\"\"" },
        { BYTES("abc \"\\/\n\x01~"), "\"abc \\\"\\\\/\\n\\u0001~\"" },
        { BYTES("a\x7f"), "\"a\\u007f\"" },
        { BYTES("0123456789abcdefghij\x7f\"0123456789abcdefghij"),
            "\"0123456789abcdefghij\\u007f\\\"0123456789abcdefghij\"" },
        { BYTES("\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF"), "\"\\u0080\\u07ff\\u0800\\uffff\"" },
        { BYTES("\xF0\x90\x80\x80\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF"),
            "\"\\ud800\\udc00\\ud83d\\ude00\\udbff\\udfff\"" },
        { BYTES("\0"), "\"\\u0000\"" },
        /* not UTF-8: one for each incomplete sequence, otherwise one for each byte */
        { BYTES("\x80x"), "\"\\ufffdx\"" },
        { BYTES("\xC3"), "\"\\ufffd\"" },
        { BYTES("\xC3(\xC3\xA9"), "\"\\ufffd(\\u00e9\"" },
        { BYTES("\xC0\x80"), "\"\\ufffd\\ufffd\"" },
        { BYTES("\xE2\x82"), "\"\\ufffd\"" },
        { BYTES("\xE2\x82z"), "\"\\ufffdz\"" },
        { BYTES("\xED\xA0\x80"), "\"\\ufffd\\ufffd\\ufffd\"" },
        { BYTES("\xF0\x9F\x98"), "\"\\ufffd\"" },
        { BYTES("\xF0\x9F\x98\xC3\xA9"), "\"\\ufffd\\u00e9\"" },
        { BYTES("\xF4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
        { BYTES("\xFF\xFE"), "\"\\ufffd\\ufffd\"" },
    };
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = cases[i].content.length;

        buf_clear(&out);
        assert_int_equal(
            json_string_encode_ascii(&out, guard_end(cases[i].content.text, length), length), 0);
        assert_string_equal(buf_cstr(&out), cases[i].quoted);
    }
    buf_free(&out);
}

static void says_when_the_buffer_is_full(void **state)
{
    static const char quoted[] = "\"abc\\n\\u00e9def\"",
                      content[] = "abc\n\xC3\xA9"
                                  "def\xFF";
    struct buf out;

    (void)state;
    for (size_t room = 0; room < 40; room++) {
        buf_init(&out, room);
        assert_int_equal(json_string_decode(&out, quoted, sizeof quoted - 1), room >= 9 ? 0 : -1);
        assert_true(out.length <= room);
        buf_free(&out);
        buf_init(&out, room);
        assert_int_equal(json_string_encode(&out, content, 9), room >= 12 ? 0 : -1);
        buf_free(&out);
        buf_init(&out, room);
        assert_int_equal(json_string_encode_ascii(&out, content, 10), room >= 22 ? 0 : -1);
        buf_free(&out);
    }
}

static void sees_a_nul(void **state)
{
    static const struct {
        const char *quoted;
        bool has;
    } cases[] = {
        { "\"\"", false },
        { "\"\\u0000\"", true },
        { "\"abc\\n\\u0000\"", true },
        { "\"\\u0000abc\"", true },
        { "\"\\\\u0000\"", false },
        { "\"\\\\\\u0000\"", true },
        { "\"\\u0001\"", false },
        { "\"u0000\"", false },
        { "\"\\u00000\"", true },
        { "\"\\u1000\\u0100\\u0010\"", false },
        { "\"\\\"\\\\\"", false },
        { "\"abcdefghij\\n\"", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = strlen(cases[i].quoted);

        assert_int_equal(json_string_has_nul(guard_end(cases[i].quoted, length), length),
            cases[i].has);
    }
}

/* Every first byte with every second byte, and third and fourth bytes at their bounds. */
static void knows_utf8(void **state)
{
    static const unsigned char last[] = { 0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF };
    unsigned char text[64];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_true(json_string_is_utf8(NULL, 0));
    for (unsigned first = 0; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            for (size_t k = 0; k < sizeof last; k++) {
                /* by RFC 3629: the code point and its least length */
                unsigned more = first < 0x80 ? 0
                    : first < 0xC0           ? 9
                    : first < 0xE0           ? 1
                    : first < 0xF0           ? 2
                                             : 3;
                unsigned long least[] = { 0, 0x80, 0x800, 0x10000 }, point;
                bool right;

                text[20] = (unsigned char)first;
                text[21] = (unsigned char)second;
                text[22] = text[23] = last[k];
                if (more == 0)
                    text[21] = text[22] = text[23] = 'a';
                if (more == 1)
                    text[22] = text[23] = 'a';
                if (more == 2)
                    text[23] = 'a';
                right = more <= 3 && first < 0xF8;
                point = more <= 3 ? first & (0x7Fu >> (more ? more + 1 : 0)) : 0;
                for (unsigned i = 0; right && i < more; i++) {
                    right = (text[21 + i] & 0xC0) == 0x80;
                    point = point << 6 | (text[21 + i] & 0x3Fu);
                }
                right = right && point >= least[more] && point <= 0x10FFFF &&
                    !(point >= 0xD800 && point <= 0xDFFF);
                assert_int_equal(json_string_is_utf8((const char *)text, 30), right);
                if (right)
                    assert_int_equal(json_string_is_utf8((const char *)text, 21), more == 0);
                else
                    assert_false(json_string_is_utf8((const char *)text + 20, 4));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_and_encodes),
        cmocka_unit_test(decodes_at_every_place),
        cmocka_unit_test(compares_decoded),
        cmocka_unit_test(encodes_as_ascii),
        cmocka_unit_test(says_when_the_buffer_is_full),
        cmocka_unit_test(sees_a_nul),
        cmocka_unit_test(knows_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
