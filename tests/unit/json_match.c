#include "json/path_text.h"
#include "json_guard.h"

enum { MAX_PATHS = 8, MAX_MATCHES = 16 };

/* Paths are numbered from 0; the nodes on their way, and the root, count as -1. */
struct case_of {
    const char *text;
    const char *paths[MAX_PATHS];
    struct {
        int path;
        const char *key; /* with its quotes; NULL: an element or the root */
        const char *value;
        enum json_kind kind;
        int plain;
    } matches[MAX_MATCHES];
};

static const struct case_of cases[] = {
    { "{\"a\":1,\"b\":\"x\"}", { ".a", ".b", ".c" },
        { { -1, NULL, "{\"a\":1,\"b\":\"x\"}", JSON_OBJECT, 0 },
            { 0, "\"a\"", "1", JSON_NUMBER, 0 }, { 1, "\"b\"", "\"x\"", JSON_STRING, 1 } } },
    { "{\"sqs\":{\"id\":1},\"body\":{\"ip\":\"1.2.3.4\",\"x\":{\"ip\":0}}}", { ".sqs", ".body.ip" },
        { { -1, NULL, "{\"sqs\":{\"id\":1},\"body\":{\"ip\":\"1.2.3.4\",\"x\":{\"ip\":0}}}",
              JSON_OBJECT, 0 },
            { 0, "\"sqs\"", "{\"id\":1}", JSON_OBJECT, 0 },
            { -1, "\"body\"", "{\"ip\":\"1.2.3.4\",\"x\":{\"ip\":0}}", JSON_OBJECT, 0 },
            { 1, "\"ip\"", "\"1.2.3.4\"", JSON_STRING, 1 } } },
    /* duplicates, and keys in other spellings, all match */
    { " { \"ip\" : 1 , \"\\u0069p\":\"\\u0069\" , \"i\\u0070\" : null, \"ip\":true,\"Ip\":2 } ",
        { ".ip" },
        { { -1, NULL,
              "{ \"ip\" : 1 , \"\\u0069p\":\"\\u0069\" , \"i\\u0070\" : null, \"ip\":true,\"Ip\":2 }",
              JSON_OBJECT, 0 },
            { 0, "\"ip\"", "1", JSON_NUMBER, 0 },
            { 0, "\"\\u0069p\"", "\"\\u0069\"", JSON_STRING, 0 },
            { 0, "\"i\\u0070\"", "null", JSON_NULL, 0 }, { 0, "\"ip\"", "true", JSON_TRUE, 0 } } },
    /* keys with odd content, plain or escaped */
    { "{\"\":1,\"\\\"\":2,\"\\u00e9\":3,\"\xC3\xA9\":4,\"\\ud83d\\ude00\":5,\"\\u0000\":6,\"a/b\":7,\"a\\/b\":8}",
        { ".\"\"", ".\"\\\"\"", ".\"\xC3\xA9\"", ".[\"\\ud83d\\ude00\"]", ".\"\\u0000\"",
            ".\"a/b\"" },
        { { -1, NULL, NULL, JSON_OBJECT, 0 }, { 0, "\"\"", "1", JSON_NUMBER, 0 },
            { 1, "\"\\\"\"", "2", JSON_NUMBER, 0 }, { 2, "\"\\u00e9\"", "3", JSON_NUMBER, 0 },
            { 2, "\"\xC3\xA9\"", "4", JSON_NUMBER, 0 },
            { 3, "\"\\ud83d\\ude00\"", "5", JSON_NUMBER, 0 },
            { 4, "\"\\u0000\"", "6", JSON_NUMBER, 0 }, { 5, "\"a/b\"", "7", JSON_NUMBER, 0 },
            { 5, "\"a\\/b\"", "8", JSON_NUMBER, 0 } } },
    /* keys that share length, first byte, head or tail */
    { "{\"abcdefgh1ijklmnopq\":1,\"abcdefgh2ijklmnopq\":2,\"abcdefgh3ijklmnopq\":3,\"aa\":4,\"ab\":5,\"a\":6}",
        { ".abcdefgh1ijklmnopq", ".abcdefgh2ijklmnopq", ".ab", ".abcdefghijklmnop" },
        { { -1, NULL, NULL, JSON_OBJECT, 0 }, { 0, "\"abcdefgh1ijklmnopq\"", "1", JSON_NUMBER, 0 },
            { 1, "\"abcdefgh2ijklmnopq\"", "2", JSON_NUMBER, 0 },
            { 2, "\"ab\"", "5", JSON_NUMBER, 0 } } },
    /* arrays: an index comes before each */
    { "{\"a\":[10, {\"b\":1} ,[],\"x\"],\"c\":[1]}",
        { ".a[]", ".a[1]", ".a[].b", ".a[1].b", ".a[3]", ".a[4]", ".c.d" },
        { { -1, NULL, NULL, JSON_OBJECT, 0 },
            { -1, "\"a\"", "[10, {\"b\":1} ,[],\"x\"]", JSON_ARRAY, 0 },
            { 0, NULL, "10", JSON_NUMBER, 0 }, { 1, NULL, "{\"b\":1}", JSON_OBJECT, 0 },
            { 3, "\"b\"", "1", JSON_NUMBER, 0 }, { 0, NULL, "[]", JSON_ARRAY, 0 },
            { 4, NULL, "\"x\"", JSON_STRING, 1 }, { -1, "\"c\"", "[1]", JSON_ARRAY, 0 } } },
    { "[[0,1],[2,3]]", { ".[1][0]", ".[][1]" },
        { { -1, NULL, "[[0,1],[2,3]]", JSON_ARRAY, 0 }, { -1, NULL, "[0,1]", JSON_ARRAY, 0 },
            { 1, NULL, "1", JSON_NUMBER, 0 }, { -1, NULL, "[2,3]", JSON_ARRAY, 0 },
            { 0, NULL, "2", JSON_NUMBER, 0 } } },
    /* a step to another kind of value: the node before it matches, and nothing below */
    { "{\"a\":[{\"b\":1}]}", { ".a.b" },
        { { -1, NULL, NULL, JSON_OBJECT, 0 }, { -1, "\"a\"", "[{\"b\":1}]", JSON_ARRAY, 0 } } },
    { "{\"a\":{\"0\":1}}", { ".a[0]" },
        { { -1, NULL, NULL, JSON_OBJECT, 0 }, { -1, "\"a\"", "{\"0\":1}", JSON_OBJECT, 0 } } },
    { "\"a\"", { ".a", "." }, { { 1, NULL, "\"a\"", JSON_STRING, 1 } } },
    { " 12 ", { "." }, { { 0, NULL, "12", JSON_NUMBER, 0 } } },
};

static void check(const struct case_of *test, const char *text, const struct json_matches *matches,
    const uint32_t *nodes)
{
    size_t count = 0;

    while (count < MAX_MATCHES && (count == 0 || test->matches[count].value))
        count++;
    assert_int_equal(matches->count, count);
    for (size_t i = 0; i < count; i++) {
        const struct json_match *match = &matches->list[i];
        int path = test->matches[i].path;
        const char *key = test->matches[i].key;
        const char *value = test->matches[i].value ? test->matches[i].value : test->text;

        if (path >= 0)
            assert_int_equal(match->node, nodes[path]);
        for (int k = 0; path < 0 && k < MAX_PATHS && test->paths[k]; k++)
            assert_int_not_equal(match->node, nodes[k]);
        assert_int_equal(match->kind, test->matches[i].kind);
        assert_int_equal(match->plain, test->matches[i].plain);
        assert_int_equal(match->end - match->value, strlen(value));
        assert_memory_equal(text + match->value, value, strlen(value));
        if (key) {
            assert_memory_equal(text + match->key, key, strlen(key));
            assert_int_equal(json_key_end_before(text, match->value), match->key + strlen(key));
        } else {
            assert_int_equal(match->key, match->value);
        }
    }
}

static void finds_what_paths_name(void **state)
{
    struct json_matches matches = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_paths *paths = json_paths_new();
        size_t length = strlen(cases[i].text);
        const char *text = guard_end(cases[i].text, length);
        uint32_t nodes[MAX_PATHS] = { 0 };
        struct json_result result;

        assert_non_null(paths);
        for (int k = 0; k < MAX_PATHS && cases[i].paths[k]; k++) {
            size_t at;

            nodes[k] =
                json_paths_add(paths, JSON_ROOT, cases[i].paths[k], strlen(cases[i].paths[k]), &at);
            assert_int_not_equal(nodes[k], JSON_NO_NODE);
        }
        assert_int_equal(json_scan(text, length, paths, 256, &matches, &result), JSON_OK);
        check(&cases[i], text, &matches, nodes);
        json_paths_free(paths);
    }
    json_matches_free(&matches);
    json_matches_free(&matches);
}

/* "other" matches each member that no key child names, in any spelling. */
static void finds_the_members_not_named(void **state)
{
    static const char text[] =
        "{\"a\":1,\"b\":{\"a\":2,\"x\":[3]},\"\\u0061\":4,\"c\":{\"a\":5},\"\\u0063\":6,\"d\":[7]}";
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 };
    struct json_result result;
    uint32_t a = json_paths_key(paths, JSON_ROOT, "a", 1);
    uint32_t b = json_paths_key(paths, JSON_ROOT, "b", 1);
    uint32_t other = json_paths_other(paths, JSON_ROOT);
    uint32_t inside = json_paths_other(paths, b);
    uint32_t below = json_paths_key(paths, other, "a", 1);
    const struct {
        uint32_t node;
        const char *value;
    } wanted[] = { { JSON_ROOT, "{" }, { a, "1" }, { b, "{\"a\":2" }, { inside, "2" },
        { inside, "[3]" }, { a, "4" }, { other, "{\"a\":5}" }, { below, "5" }, { other, "6" },
        { other, "[7]" } };

    (void)state;
    assert_int_equal(json_paths_other(paths, JSON_ROOT), other);
    assert_int_equal(json_scan(text, sizeof text - 1, paths, 256, &matches, &result), JSON_OK);
    assert_int_equal(matches.count, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < matches.count; i++) {
        assert_int_equal(matches.list[i].node, wanted[i].node);
        assert_memory_equal(text + matches.list[i].value, wanted[i].value, strlen(wanted[i].value));
    }
    /* an array has no members */
    assert_int_equal(json_scan("[1,{\"z\":2}]", 11, paths, 256, &matches, &result), JSON_OK);
    assert_int_equal(matches.count, 1);
    json_matches_free(&matches);
    json_paths_free(paths);
}

/*
 * A member that ended before the error is correct. An open one, or one that may continue, does not
 * count as whole.
 */
static void keeps_what_ended_before_an_error(void **state)
{
    static const char text[] =
        "{\"sqs\":{\"id\":\"m\",\"n\":12},\"body\":{\"ip\":\"1.2.3.4\",\"n\":345}}";
    struct json_paths *paths = json_paths_new();
    struct json_matches all = { 0 }, some = { 0 };
    struct json_result result;
    size_t at;

    (void)state;
    json_paths_add(paths, JSON_ROOT, ".sqs.id", 7, &at);
    json_paths_add(paths, JSON_ROOT, ".sqs.n", 6, &at);
    json_paths_add(paths, JSON_ROOT, ".body.ip", 8, &at);
    json_paths_add(paths, JSON_ROOT, ".body.n", 7, &at);
    assert_int_equal(json_scan(text, sizeof text - 1, paths, 256, &all, &result), JSON_OK);
    assert_int_equal(all.count, 7);
    for (size_t cut = 0; cut < sizeof text - 1; cut++) {
        size_t found = 0;

        assert_int_not_equal(json_scan(guard_end(text, cut), cut, paths, 256, &some, &result),
            JSON_OK);
        for (size_t i = 0; i < all.count; i++) {
            const struct json_match *match = &all.list[i];
            bool closed = match->end < cut || (match->end == cut && match->kind != JSON_NUMBER);

            if (found < some.count && some.list[found].node == match->node) {
                assert_int_equal(some.list[found].value, match->value);
                assert_int_equal(some.list[found].end, closed ? match->end : UINT32_MAX);
                found++;
            } else {
                assert_false(closed);
            }
        }
        assert_int_equal(found, some.count);
    }
    json_matches_free(&all);
    json_matches_free(&some);
    json_paths_free(paths);
}

/* Many keys in one object, long keys, and long keys in another spelling. */
static void finds_among_many_and_long_keys(void **state)
{
    static char key[3000], text[20000];
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 };
    struct json_result result;
    uint32_t nodes[2000], length;

    (void)state;
    for (unsigned i = 0; i < 2000; i++)
        nodes[i] = json_paths_key(paths, JSON_ROOT, key,
            (size_t)snprintf(key, sizeof key, "column_%05u", i));
    for (unsigned i = 0; i < 2000; i++) {
        length = (uint32_t)snprintf(text, sizeof text,
            "{\"column_%05u\":1,\"co\\u006cumn_%05u\":2}", i, 1999 - i);
        assert_int_equal(json_scan(text, length, paths, 256, &matches, &result), JSON_OK);
        assert_int_equal(matches.count, 3);
        assert_int_equal(matches.list[1].node, nodes[i]);
        assert_int_equal(matches.list[2].node, nodes[1999 - i]);
    }
    memset(key, 'k', sizeof key);
    for (size_t size = 1; size <= sizeof key; size = size * 3 / 2 + 1) {
        uint32_t node = json_paths_key(paths, JSON_ROOT, key, size);

        assert_int_equal(json_paths_key(paths, JSON_ROOT, key, size), node);
        for (int escaped = 0; escaped < 2; escaped++) {
            length = (uint32_t)snprintf(text, sizeof text, "{\"%s%.*s\":1,\"%s%.*sk\":2}",
                escaped ? "\\u006b" : "k", (int)size - 1, key, escaped ? "\\u006b" : "k",
                (int)size - 1, key);
            assert_int_equal(json_scan(text, length, paths, 256, &matches, &result), JSON_OK);
            assert_int_equal(matches.count, 2);
            assert_int_equal(matches.list[1].node, node);
        }
    }
    json_matches_free(&matches);
    json_paths_free(paths);
}

/* Keys that differ only in length, the middle byte, the parent, or a last character. */
static void tells_like_keys_apart(void **state)
{
    static char key[600], text[2000];
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 };
    struct json_result result;
    uint32_t nodes[200], below[200];
    int length;

    (void)state;
    /* similar nodes far apart, with so few keys that their places in a table are the same */
    for (int i = 0; i < 200; i++)
        below[i] = json_paths_index(paths, JSON_ROOT, (uint32_t)i);
    for (int i = 7; i < 200; i += 16)
        below[i] = json_paths_key(paths, below[i], "x", 1);
    for (int i = 7; i < 200; i += 16) {
        memset(text, ' ', sizeof text);
        text[0] = '[';
        for (int k = 0; k < i; k++)
            memcpy(text + 1 + 2 * k, "0,", 2);
        length = 1 + 2 * i + snprintf(text + 1 + 2 * i, 100, "{\"x\":1,\"y\":2}]");
        assert_int_equal(json_scan(text, (size_t)length, paths, 2, &matches, &result), JSON_OK);
        assert_int_equal(matches.count, i + 3);
        assert_int_equal(matches.list[i + 2].node, below[i]);
    }
    memset(key, 'a', sizeof key);
    for (size_t size = 0; size < 100; size++)
        nodes[size] = json_paths_key(paths, JSON_ROOT, key, size);
    for (size_t size = 16; size < 40; size++) {
        memset(key, 'a', sizeof key);
        key[8] = 'b';
        nodes[100 + size] = json_paths_key(paths, JSON_ROOT, key, size);
        key[8] = 'c';
        length = snprintf(text, sizeof text, "{\"%.*s\":1}", (int)size, key);
        assert_int_equal(json_scan(text, (size_t)length, paths, 1, &matches, &result), JSON_OK);
        assert_int_equal(matches.count, 1);
    }
    memset(key, 'a', sizeof key);
    for (size_t size = 0; size < 140; size++) {
        key[8] = size < 100 ? 'a' : 'b';
        if (size >= 100 && size < 116)
            continue;
        length =
            snprintf(text, sizeof text, "{\"%.*s\":1}", (int)(size < 100 ? size : size - 100), key);
        assert_int_equal(json_scan(text, (size_t)length, paths, 1, &matches, &result), JSON_OK);
        assert_int_equal(matches.count, 2);
        assert_int_equal(matches.list[1].node, nodes[size]);
    }
    memset(key, 'z', sizeof key);
    for (int size = 490; size < 530; size++) {
        uint32_t node;

        memcpy(key + size, "\xF0\x9F\x98\x80", 4);
        node = json_paths_key(paths, JSON_ROOT, key, (size_t)size + 4);
        key[size] = 'z';
        length = snprintf(text, sizeof text, "{\"%.*s\\ud83d\\ude00\":1}", size, key);
        assert_int_equal(json_scan(text, (size_t)length, paths, 1, &matches, &result), JSON_OK);
        assert_int_equal(matches.count, 2);
        assert_int_equal(matches.list[1].node, node);
    }
    json_matches_free(&matches);
    json_paths_free(paths);
}

/* Matches are held up to the maximum of the caller; without one, any number. */
static void holds_as_many_as_it_may(void **state)
{
    static const char text[] = "[0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,"
                               "0,1,2,3,4,5,6,7,8,9]";
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { .most = 32 };
    struct json_result result;

    (void)state;
    assert_int_not_equal(json_paths_each(paths, JSON_ROOT), JSON_NO_NODE);
    assert_int_equal(json_scan(text, sizeof text - 1, paths, 1, &matches, &result), JSON_TOO_MANY);
    assert_int_equal(matches.count, 32);
    assert_int_equal(matches.capacity, 32);
    matches.most = 0;
    assert_int_equal(json_scan(text, sizeof text - 1, paths, 1, &matches, &result), JSON_OK);
    assert_int_equal(matches.count, 41);
    json_matches_free(&matches);
    json_paths_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_paths_name),
        cmocka_unit_test(finds_the_members_not_named),
        cmocka_unit_test(keeps_what_ended_before_an_error),
        cmocka_unit_test(finds_among_many_and_long_keys),
        cmocka_unit_test(tells_like_keys_apart),
        cmocka_unit_test(holds_as_many_as_it_may),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
