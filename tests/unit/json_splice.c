/*
 * lib/json/splice: copy a line with changes, or without some members, with any spaces and commas.
 */
#include "json_guard.h"

#include <stdbool.h>

#include "json/splice.h"
#include "json/write.h"

static void replaces(void **state)
{
    static const char text[] = "[0,1,2,3]";
    struct buf out;
    (void)state;
    buf_init(&out, 16);
    struct json_splice splice = { &out, text, strlen(text), 0 };
    json_splice_copy(&splice, 3);
    buf_puts(&out, "\"one\"");
    json_splice_skip(&splice, 4);
    json_splice_copy(&splice, 7);
    assert_int_equal(json_splice_finish(&splice), 0);
    assert_string_equal(buf_cstr(&out), "[0,\"one\",2,3]\n");
    /* Without room for the newline it fails. */
    buf_free(&out);
    buf_init(&out, strlen(text));
    splice = (struct json_splice){ &out, text, strlen(text), 0 };
    assert_int_equal(json_splice_finish(&splice), -1);
    buf_free(&out);
}

static const char *const objects[] = {
    "{\"a\":1,\"b\":\"x,}\",\"c\":[1,{\"a\":2}],\"d\":{\"a\":3},\"e\":null}",
    " { \"a\" : 1 , \"b\" : \"x,}\" , \"c\" : [1,{\"a\":2}] , \"d\" : {\"a\":3} , \"e\" : null } ",
    "{\r\t\"a\":1,\r\t\"b\":\"x,}\",\r\t\"c\":[1,{\"a\":2}],\r\t\"d\":{\"a\":3},\r\t\"e\":null\r}",
    "{\"a\":1 ,\"b\":\"x,}\" ,\"c\":[1,{\"a\":2}] ,\"d\":{\"a\":3} ,\"e\":null }",
    "[{ \"a\":1, \"b\":\"x,}\", \"c\":[1,{\"a\":2}], \"d\":{\"a\":3}, \"e\":null}, 7]",
};
static const char *const members[] = { "\"a\":1", "\"b\":\"x,}\"", "\"c\":[1,{\"a\":2}]",
    "\"d\":{\"a\":3}", "\"e\":null" };

/*
 * Check the object ${list[0]} without the members of the set, and with one more at its end if
 * ${more}.
 */
static void check_set(const char *text, size_t length, const struct json_match *list, unsigned set,
    bool more)
{
    bool wrapped = text[0] == '[';
    struct buf out, compact, wanted;
    struct json_result result;
    buf_init(&out, 4096);
    buf_init(&compact, 4096);
    buf_init(&wanted, 4096);
    struct json_splice splice = { &out, text, length, 0 };
    buf_puts(&wanted, wrapped ? "[{" : "{");
    size_t start = wanted.length;
    for (unsigned i = 0; i < 5; i++)
        if (set >> i & 1)
            json_splice_remove(&splice, list[1 + i].key, list[1 + i].end);
        else
            buf_printf(&wanted, "%s%s", wanted.length > start ? "," : "", members[i]);
    if (more) {
        json_splice_open_end(&splice, list->end);
        buf_puts(&out, "\"f\":6");
        buf_printf(&wanted, "%s\"f\":6", wanted.length > start ? "," : "");
    }
    buf_puts(&wanted, wrapped ? "},7]" : "}");
    assert_int_equal(json_splice_finish(&splice), 0);
    assert_int_equal(out.data[out.length - 1], '\n');
    assert_int_equal(json_scan(out.data, out.length, NULL, 256, NULL, &result), JSON_OK);
    assert_int_equal(json_write_compact(&compact, out.data, out.length), 0);
    assert_string_equal(buf_cstr(&compact), buf_cstr(&wanted));
    buf_free(&out);
    buf_free(&compact);
    buf_free(&wanted);
}

/* Five objects, spaced in every way, without every subset of their members. */
static void leaves_members_out(void **state)
{
    struct json_matches matches = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        size_t length = strlen(objects[i]);
        const char *text = guard_end(objects[i], length);
        bool wrapped = text[0] == '[';
        struct json_paths *paths = json_paths_new();
        struct json_result result;
        (void)json_paths_other(paths, wrapped ? json_paths_index(paths, JSON_ROOT, 0) : JSON_ROOT);
        assert_int_equal(json_scan(text, length, paths, 256, &matches, &result), JSON_OK);
        assert_int_equal(matches.count, wrapped ? 7 : 6);
        const struct json_match *list = &matches.list[wrapped ? 1 : 0];
        for (unsigned set = 0; set < 32; set++) {
            check_set(text, length, list, set, false);
            check_set(text, length, list, set, true);
        }
        json_paths_free(paths);
    }
    json_matches_free(&matches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces),
        cmocka_unit_test(leaves_members_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
