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

static void splices(void **state)
{
    static const char text[] = "0123456789";
    static const struct json_edit edits[] = { { 0, 0, "<", 1 }, { 1, 3, "", 0 }, { 3, 3, "ab", 2 },
        { 5, 6, NULL, 0 }, { 8, 10, ">>>", 3 } };
    struct buf out;

    (void)state;
    buf_init(&out, 14);
    assert_int_equal(json_write_spliced(&out, text, 10, edits, 5), 0);
    assert_string_equal(buf_cstr(&out), "<0ab3467>>>");
    buf_clear(&out);
    assert_int_equal(json_write_spliced(&out, text, 10, edits, 0), 0);
    assert_string_equal(buf_cstr(&out), text);
    assert_int_equal(json_write_spliced(&out, text, 10, edits, 5), -1);
    buf_free(&out);
}

/* Five objects, spaced in every way, without every subset of their members. */
static void leaves_members_out(void **state)
{
    static const char *const objects[] = {
        "{\"a\":1,\"b\":\"x,}\",\"c\":[1,{\"a\":2}],\"d\":{\"a\":3},\"e\":null}",
        " { \"a\" : 1 , \"b\" : \"x,}\" , \"c\" : [1,{\"a\":2}] , \"d\" : {\"a\":3} , \"e\" : null } ",
        "{\n\t\"a\":1,\n\t\"b\":\"x,}\",\n\t\"c\":[1,{\"a\":2}],\n\t\"d\":{\"a\":3},\n\t\"e\":null\n}",
        "{\"a\":1 ,\"b\":\"x,}\" ,\"c\":[1,{\"a\":2}] ,\"d\":{\"a\":3} ,\"e\":null }",
        "[{ \"a\":1, \"b\":\"x,}\", \"c\":[1,{\"a\":2}], \"d\":{\"a\":3}, \"e\":null}, 7]",
    };
    static const char *const members[] = { "\"a\":1", "\"b\":\"x,}\"", "\"c\":[1,{\"a\":2}]",
        "\"d\":{\"a\":3}", "\"e\":null" };
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 };
    struct buf out, compact, wanted;

    (void)state;
    buf_init(&out, 4096);
    buf_init(&compact, 4096);
    buf_init(&wanted, 4096);
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        size_t length = strlen(objects[i]);
        const char *text = guard_end(objects[i], length);
        bool wrapped = text[0] == '[';
        uint32_t parent = wrapped ? json_paths_index(paths, JSON_ROOT, 0) : JSON_ROOT;
        const struct json_match *object, *list;
        struct json_result result;

        json_paths_other(paths, parent);
        assert_int_equal(json_scan(text, length, paths, 256, &matches, &result), JSON_OK);
        object = &matches.list[wrapped ? 1 : 0];
        list = object + 1;
        for (unsigned set = 0; set < 32; set++) {
            uint32_t keys[5], ends[5];
            size_t count = 0;

            buf_clear(&wanted);
            for (unsigned k = 0; k < 5; k++) {
                if (set >> k & 1) {
                    keys[count] = list[k].key;
                    ends[count++] = list[k].end;
                } else {
                    buf_printf(&wanted, "%s%s", wanted.length ? "," : "{", members[k]);
                }
            }
            buf_puts(&wanted, wanted.length ? "}" : "{}");
            buf_clear(&out);
            buf_clear(&compact);
            assert_int_equal(
                json_write_without(&out, text, object->value, object->end, keys, ends, count), 0);
            assert_int_equal(guard_scan(out.data, out.length, 256).error, JSON_OK);
            assert_int_equal(json_write_compact(&compact, out.data, out.length), 0);
            assert_string_equal(buf_cstr(&compact), buf_cstr(&wanted));
            /* guard_scan() took the text's place */
            text = guard_end(objects[i], length);
        }
    }
    json_matches_free(&matches);
    json_paths_free(paths);
    buf_free(&out);
    buf_free(&compact);
    buf_free(&wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_compact_and_ascii),
        cmocka_unit_test(splices),
        cmocka_unit_test(leaves_members_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
