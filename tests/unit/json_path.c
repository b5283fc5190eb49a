#include "json_guard.h"

#include <stdlib.h>

#include "json/path_text.h"

static const struct {
    const char *path;
    struct {
        enum json_step step;
        const char *key;
    } steps[4];
} valid[] = {
    { ".", { { JSON_STEP_ROOT, NULL } } },
    { ".a", { { JSON_STEP_KEY, "a" } } },
    { "._A9", { { JSON_STEP_KEY, "_A9" } } },
    { ".a.b", { { JSON_STEP_KEY, "a" }, { JSON_STEP_KEY, "b" } } },
    { ".\"odd key\"", { { JSON_STEP_KEY, "odd key" } } },
    { ".\"a.b[]\".c", { { JSON_STEP_KEY, "a.b[]" }, { JSON_STEP_KEY, "c" } } },
    { ".\"\"", { { JSON_STEP_KEY, "" } } },
    { ".\"\\\"\\\\\\n\\u0041\\ud83d\\ude00\"", { { JSON_STEP_KEY, "\"\\\nA\xF0\x9F\x98\x80" } } },
    { ".\"\xC3\xA9\"", { { JSON_STEP_KEY, "\xC3\xA9" } } },
    { ".[\"odd key\"]", { { JSON_STEP_KEY, "odd key" } } },
    { ".a[\"odd key\"][0]",
        { { JSON_STEP_KEY, "a" }, { JSON_STEP_KEY, "odd key" }, { JSON_STEP_INDEX, NULL } } },
    { ".a[]", { { JSON_STEP_KEY, "a" }, { JSON_STEP_EACH, NULL } } },
    { ".[]", { { JSON_STEP_EACH, NULL } } },
    { ".[0]", { { JSON_STEP_INDEX, NULL } } },
    { ".a.[0]", { { JSON_STEP_KEY, "a" }, { JSON_STEP_INDEX, NULL } } },
    { ".a[][1].b",
        { { JSON_STEP_KEY, "a" }, { JSON_STEP_EACH, NULL }, { JSON_STEP_INDEX, NULL },
            { JSON_STEP_KEY, "b" } } },
    { ".[2147483647]", { { JSON_STEP_INDEX, NULL } } },
};

static const struct {
    const char *path;
    size_t at;
} invalid[] = {
    { "", 0 },
    { "a", 0 },
    { " .a", 0 },
    { "[0]", 0 },
    { "\"a\"", 0 },
    { "..", 1 },
    { "..a", 1 },
    { ".a.", 3 },
    { ".a..b", 3 },
    { ".1a", 1 },
    { ".a-b", 2 },
    { ".a b", 2 },
    { ".a ", 2 },
    { ".\xC3\xA9", 1 },
    { ".a?", 2 },
    { ".a[]?", 4 },
    { ".a|.b", 2 },
    { ".a,.b", 2 },
    { ".a\"b\"", 2 },
    { ".\"a\"b", 4 },
    { ".a[", 3 },
    { ".a[0", 4 },
    { ".a[-1]", 3 },
    { ".a[+1]", 3 },
    { ".a[1:2]", 4 },
    { ".a[:2]", 3 },
    { ".a[0]]", 5 },
    { ".a[ 0]", 3 },
    { ".a[01]", 4 },
    { ".a[0x1]", 4 },
    { ".a[1.5]", 4 },
    { ".a[b]", 3 },
    { ".a[.b]", 3 },
    { ".a[2147483648]", 3 },
    { ".a[99999999999999999999]", 3 },
    { ".a[\"b\"", 6 },
    { ".a[\"b]", 6 },
    { ".a['b']", 3 },
    { ".\"a", 3 },
    { ".\"a\\", 3 },
    { ".\"a\\\"", 5 },
    { ".\"a\\x\"", 3 },
    { ".\"a\\(1)\"", 3 },
    { ".\"\\ud800\"", 2 },
    { ".\"a\nb\"", 3 },
    { ".\"\xFF\"", 2 },
    { "$.a", 0 },
    { "@", 0 },
};

static void parses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        struct json_paths *paths = json_paths_new();
        size_t length = strlen(valid[i].path), at = 0, steps = 0;
        uint32_t node =
            json_paths_add(paths, JSON_ROOT, guard_end(valid[i].path, length), length, &at);
        uint32_t again = json_paths_add(paths, JSON_ROOT, valid[i].path, length, &at);

        if (node == JSON_NO_NODE)
            fail_msg("%s refused at %zu", valid[i].path, at);
        assert_int_equal(again, node);
        while (steps < 4 && (steps == 0 || valid[i].steps[steps].step != JSON_STEP_ROOT))
            steps++;
        while (steps > 0) {
            size_t key;
            const char *name = json_paths_name(paths, node, &key);

            assert_int_equal(json_paths_step(paths, node), valid[i].steps[--steps].step);
            if (valid[i].steps[steps].key) {
                assert_int_equal(key, strlen(valid[i].steps[steps].key));
                assert_memory_equal(name, valid[i].steps[steps].key, key);
            }
            if (node != JSON_ROOT)
                node = json_paths_parent(paths, node);
        }
        assert_int_equal(node, JSON_ROOT);
        json_paths_free(paths);
    }
}

static void refuses_and_says_where(void **state)
{
    struct json_paths *paths = json_paths_new();

    (void)state;
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        size_t length = strlen(invalid[i].path), at = 1000;
        const char *path = guard_end(invalid[i].path, length);

        assert_int_equal(json_paths_add(paths, JSON_ROOT, path, length, &at), JSON_NO_NODE);
        if (at != invalid[i].at)
            fail_msg("%s: mistake at %zu, not %zu", invalid[i].path, at, invalid[i].at);
        assert_int_equal(json_paths_count(paths), 1); /* unchanged */
    }
    json_paths_free(paths);
    json_paths_free(NULL);
}

static void shares_what_paths_have_in_common(void **state)
{
    struct json_paths *paths = json_paths_new();
    uint32_t ab, ac, body;
    size_t at;

    (void)state;
    ab = json_paths_add(paths, JSON_ROOT, ".a.b", 4, &at);
    ac = json_paths_add(paths, JSON_ROOT, ".a[\"c\"]", 7, &at);
    assert_int_equal(json_paths_parent(paths, ab), json_paths_parent(paths, ac));
    assert_int_equal(json_paths_count(paths), 4);
    assert_int_equal(json_paths_add(paths, JSON_ROOT, ".\"a\".\"\\u0062\"", 13, &at), ab);
    /* relative to a node, ".", and children by hand */
    body = json_paths_key(paths, JSON_ROOT, "body", 4);
    assert_int_equal(json_paths_add(paths, body, ".", 1, &at), body);
    assert_int_equal(json_paths_parent(paths, json_paths_add(paths, body, ".a", 2, &at)), body);
    assert_int_equal(json_paths_index(paths, body, 3), json_paths_index(paths, body, 3));
    assert_int_equal(json_paths_each(paths, body), json_paths_each(paths, body));
    assert_int_equal(json_paths_other(paths, body), json_paths_other(paths, body));
    assert_int_not_equal(json_paths_key(paths, body, "a\0b", 3),
        json_paths_key(paths, body, "a\0c", 3));
    assert_int_equal(json_paths_key(paths, body, "", 0), json_paths_key(paths, body, NULL, 0));
    json_paths_free(paths);
}

static void tells_what_a_node_goes_on_by(void **state)
{
    static const struct {
        const char *path;
        bool object, array;
    } cases[] = { { ".", true, false }, { ".a", true, false }, { ".a.b", false, false },
        { ".c", false, true }, { ".c[]", true, false }, { ".d", false, true },
        { ".d[0]", false, true }, { ".d[0][]", false, false }, { ".e", true, true } };
    static const char *const added[] = { ".a.b", ".c[].x", ".d[0][]", ".e.f", ".e[1]" };
    struct json_paths *paths = json_paths_new();
    uint32_t node;
    size_t at;

    (void)state;
    for (size_t i = 0; i < sizeof added / sizeof added[0]; i++)
        json_paths_add(paths, JSON_ROOT, added[i], strlen(added[i]), &at);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        node = json_paths_add(paths, JSON_ROOT, cases[i].path, strlen(cases[i].path), &at);
        assert_int_equal(json_paths_wants_object(paths, node), cases[i].object);
        assert_int_equal(json_paths_wants_array(paths, node), cases[i].array);
    }
    json_paths_other(paths, node = json_paths_key(paths, JSON_ROOT, "o", 1));
    assert_true(json_paths_wants_object(paths, node));
    json_paths_free(paths);
}

/* Indexes are added in any order and found in the order of the text. */
static void finds_indexes_added_in_any_order(void **state)
{
    static const uint32_t order[] = { 7, 2, 9, 0, 3, 100, 1 };
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 };
    struct json_result result;
    const char text[] = "[0,1,2,3,4,5,6,7,8,9]";
    uint32_t found[7];

    (void)state;
    for (size_t i = 0; i < 7; i++)
        found[i] = json_paths_index(paths, JSON_ROOT, order[i]);
    assert_int_equal(json_scan(text, sizeof text - 1, paths, 1, &matches, &result), JSON_OK);
    assert_int_equal(matches.count, 7);
    for (size_t i = 1; i < matches.count; i++) {
        unsigned index = (unsigned)(text[matches.list[i].value] - '0');

        for (size_t k = 0; k < 7; k++)
            if (order[k] == index)
                assert_int_equal(matches.list[i].node, found[k]);
    }
    json_matches_free(&matches);
    json_paths_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(refuses_and_says_where),
        cmocka_unit_test(shares_what_paths_have_in_common),
        cmocka_unit_test(tells_what_a_node_goes_on_by),
        cmocka_unit_test(finds_indexes_added_in_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
