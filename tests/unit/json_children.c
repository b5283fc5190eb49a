/* lib/json/children: members and elements of valid texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "json/children.h"

/* Write each child as KEY=VALUE, followed by a blank. */
static void list(const char *text, struct buf *out)
{
    struct json_children children;
    struct json_child child;
    buf_clear(out);
    if (!json_children_open(&children, text, strlen(text))) {
        (void)buf_puts(out, "none");
        return;
    }
    while (json_children_next(&children, &child)) {
        (void)buf_append(out, text + child.key, child.key_end - child.key);
        (void)buf_puts(out, "=");
        (void)buf_append(out, text + child.value, child.end - child.value);
        (void)buf_puts(out, " ");
    }
}

static void children_of_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *children;
    } texts[] = {
        { "1", "none" },
        { "\"[1]\"", "none" },
        { " null ", "none" },
        { "", "none" },
        { "{}", "" },
        { " [ \n] ", "" },
        { "[1]", "=1 " },
        { "[1 ,-2.5e+3\t,true,\"a\"]", "=1 =-2.5e+3 =true =\"a\" " },
        { "[[1,[2]],{\"a\":[3,{}]},[]]", "=[1,[2]] ={\"a\":[3,{}]} =[] " },
        { "{\"a\":1,\"b\" : \"x\" , \"c\":null}", "\"a\"=1 \"b\"=\"x\" \"c\"=null " },
        { "{\"a\\\"\":\"]}\\\\\",\"\":{\"}\":\"{\\\"\"}}",
            "\"a\\\"\"=\"]}\\\\\" \"\"={\"}\":\"{\\\"\"} " },
        { "{\"a\":1,\"a\":2}", "\"a\"=1 \"a\"=2 " },
        { "[\"\xc3\xa4\\u00e4\",\"\\\\\"]", "=\"\xc3\xa4\\u00e4\" =\"\\\\\" " },
    };
    struct buf out;
    buf_init(&out, 1000);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        list(texts[i].text, &out);
        assert_string_equal(buf_cstr(&out), texts[i].children);
    }
    buf_free(&out);
}

static void kinds_of_values(void **state)
{
    (void)state;
    static const char text[] = "[null,false,true,-1,\"s\",[],{}]";
    static const enum json_kind kinds[] = { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER,
        JSON_STRING, JSON_ARRAY, JSON_OBJECT };
    struct json_children children;
    struct json_child child;
    assert_true(json_children_open(&children, text, sizeof text - 1));
    assert_false(children.object);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        assert_true(json_children_next(&children, &child));
        assert_int_equal(child.kind, kinds[i]);
    }
    assert_false(json_children_next(&children, &child));
    assert_false(json_children_next(&children, &child));
}

/* The members that a scan notes are the same as in a second reading. */
static void members_that_were_noted(void **state)
{
    (void)state;
    static const char *const texts[] = { "{\"o\":{}}", "{\"o\" : { } }",
        "{\"o\":{\"a\":1,\"b\" : \"x\" , \"c\"\t:\r\n null},\"after\":1,\"x\":2}",
        "{\"before\":[],\"o\":{\"a\\\"\":\"]}\\\\\",\"\":{\"}\":\"{\\\"\"},\" k \":[1,{\"b\":2}]}}",
        " { \"o\" : {\"a\":-1e5 , \"a\":true}, \"p\" : { \"q\" : 1 } } " };
    struct json_matches matches = { 0 };
    struct json_paths *paths = json_paths_new();
    assert_non_null(paths);
    uint32_t object = json_paths_key(paths, JSON_ROOT, "o", 1);
    uint32_t member = json_paths_other(paths, object);
    assert_int_not_equal(json_paths_other(paths, JSON_ROOT), JSON_NO_NODE);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct json_children walked, noted;
        struct json_child child, same;
        struct json_result result;
        size_t j = 0;
        assert_int_equal(
            json_scan(texts[i], strlen(texts[i]), paths, JSON_MAX_DEPTH, &matches, &result),
            JSON_OK);
        while (j < matches.count && matches.list[j].node != object)
            j++;
        assert_true(j < matches.count);
        const struct json_match *match = &matches.list[j];
        json_children_noted(&noted, texts[i], &matches, match, member);
        assert_true(noted.object);
        assert_true(
            json_children_open(&walked, texts[i] + match->value, match->end - match->value));
        while (json_children_next(&walked, &child)) {
            assert_true(json_children_next(&noted, &same));
            assert_int_equal(same.key, child.key + match->value);
            assert_int_equal(same.key_end, child.key_end + match->value);
            assert_int_equal(same.value, child.value + match->value);
            assert_int_equal(same.end, child.end + match->value);
            assert_int_equal(same.kind, child.kind);
        }
        assert_false(json_children_next(&noted, &same));
        assert_false(json_children_next(&noted, &same));
    }
    json_matches_free(&matches);
    json_paths_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children_of_texts),
        cmocka_unit_test(kinds_of_values),
        cmocka_unit_test(members_that_were_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
