/* lib/json/children: members and elements of valid texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "json/children.h"

/* Each child as KEY=VALUE, with a blank behind. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children_of_texts),
        cmocka_unit_test(kinds_of_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
