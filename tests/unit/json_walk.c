/* lib/json/walk: every value of a text, in order, with its key and place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/walk.h"

/* Write a walk as text: keys and values as spelt, depths, "*" for a string with escapes. */
static void tell(const char *text, size_t length, char *out, size_t room)
{
    struct json_walk walk;
    size_t used = 0;
    json_walk_start(&walk, text, length);
    for (;;) {
        enum json_walk_event event = json_walk_next(&walk);
        if (event == JSON_WALK_END)
            break;
        if (event == JSON_WALK_CLOSE) {
            used += (size_t)snprintf(out + used, room - used, "<%u ", walk.depth);
            continue;
        }
        if (walk.key != NULL)
            used += (size_t)snprintf(out + used, room - used, "%s%.*s:", walk.key_plain ? "" : "*",
                (int)walk.key_length, walk.key);
        if (event == JSON_WALK_OPEN)
            used += (size_t)snprintf(out + used, room - used, "%c%u ", *walk.value, walk.depth);
        else
            used += (size_t)snprintf(out + used, room - used, "%s%.*s@%d ",
                walk.kind == JSON_STRING && !walk.plain ? "*" : "", (int)walk.length, walk.value,
                (int)walk.kind);
    }
    if (used > 0)
        out[used - 1] = '\0';
}

static const struct {
    const char *text;
    const char *said;
} walks[] = {
    { "1", "1@3" },
    { " \"a\" ", "\"a\"@4" },
    { "\"\"", "\"\"@4" },
    { "\"\\\\\"", "*\"\\\\\"@4" },
    { "null", "null@0" },
    { "{}", "{0 <0" },
    { "[]", "[0 <0" },
    { "[1,true,false,null,-1.5e3]", "[0 1@3 true@2 false@1 null@0 -1.5e3@3 <0" },
    { "{\"a\":1,\"b\":\"x\"}", "{0 \"a\":1@3 \"b\":\"x\"@4 <0" },
    { "{\"a\":{\"b\":[{}]},\"c\":[[]]}", "{0 \"a\":{1 \"b\":[2 {3 <3 <2 <1 \"c\":[1 [2 <2 <1 <0" },
    { " { \"a\" : [ 1 , { \"b\" : 2 } ] , \"c\" : 3 } ",
        "{0 \"a\":[1 1@3 {2 \"b\":2@3 <2 <1 \"c\":3@3 <0" },
    { "{\"\\u0061\":\"\\\"}\\\\\",\"b\":\"]\"}",
        "{0 *\"\\u0061\":*\"\\\"}\\\\\"@4 \"b\":\"]\"@4 <0" },
    { "[{\"a\":[]},1]", "[0 {1 \"a\":[2 <2 <1 1@3 <0" },
    { "{\"a\":\"0123456789abcdefghijklmnopqrstuvwxyz\\n\"}",
        "{0 \"a\":*\"0123456789abcdefghijklmnopqrstuvwxyz\\n\"@4 <0" },
};

static void tells_every_value(void **state)
{
    (void)state;
    char said[512];
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
        size_t length = strlen(walks[i].text);
        char *tight = malloc(length); /* separate, so that ASan sees a read beyond its end */
        struct json_result result;
        assert_non_null(tight);
        memcpy(tight, walks[i].text, length);
        assert_int_equal(json_scan(tight, length, NULL, JSON_MAX_DEPTH, NULL, &result), JSON_OK);
        tell(tight, length, said, sizeof said);
        assert_string_equal(said, walks[i].said);
        free(tight);
    }
}

/* Objects and arrays in turn, to the maximum depth: each kind is recognised. */
static void goes_to_the_depth_of_the_scanner(void **state)
{
    (void)state;
    char text[JSON_MAX_DEPTH * 8];
    size_t length = 0;
    struct json_walk walk;
    struct json_result result;
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        length +=
            (size_t)snprintf(text + length, sizeof text - length, i % 3 == 0 ? "{\"a\":" : "[");
    text[length++] = '1';
    for (int i = JSON_MAX_DEPTH; i-- > 0;)
        text[length++] = i % 3 == 0 ? '}' : ']';
    assert_int_equal(json_scan(text, length, NULL, JSON_MAX_DEPTH, NULL, &result), JSON_OK);
    json_walk_start(&walk, text, length);
    for (unsigned i = 0; i < JSON_MAX_DEPTH; i++) {
        assert_int_equal(json_walk_next(&walk), JSON_WALK_OPEN);
        assert_int_equal(walk.kind, i % 3 == 0 ? JSON_OBJECT : JSON_ARRAY);
        assert_int_equal(walk.depth, i);
        assert_int_equal(walk.key != NULL, i % 3 == 1);
    }
    assert_int_equal(json_walk_next(&walk), JSON_WALK_VALUE);
    for (unsigned i = JSON_MAX_DEPTH; i-- > 0;) {
        assert_int_equal(json_walk_next(&walk), JSON_WALK_CLOSE);
        assert_int_equal(walk.depth, i);
    }
    assert_int_equal(json_walk_next(&walk), JSON_WALK_END);
    assert_int_equal(json_walk_next(&walk), JSON_WALK_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_every_value),
        cmocka_unit_test(goes_to_the_depth_of_the_scanner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
