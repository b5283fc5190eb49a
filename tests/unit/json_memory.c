/*
 * Paths and matches when memory runs out. The sources are compiled again with an allocator that
 * fails on request.
 */
#include <stdbool.h>
#include <stdlib.h>

static long allocations_left;

static bool may_allocate(void)
{
    return allocations_left-- > 0;
}

static void *scarce_malloc(size_t size)
{
    return may_allocate() ? malloc(size) : NULL;
}

static void *scarce_calloc(size_t count, size_t size)
{
    return may_allocate() ? calloc(count, size) : NULL;
}

static void *scarce_realloc(void *old, size_t size)
{
    return may_allocate() ? realloc(old, size) : NULL;
}

#define malloc scarce_malloc
#define calloc scarce_calloc
#define realloc scarce_realloc
#include "json/path.c"
#include "json/path_text.c"
#include "json/scan.c"
#undef malloc
#undef calloc
#undef realloc

#include "json_guard.h"

static const char text[] = "{\"a\":{\"b\":[1,2,3]},\"c\\n\":[[4],{\"x\":5}]}";

/* Add paths and scan with ${allocations} granted; return false when more were needed. */
static bool run(long allocations, struct json_matches *matches)
{
    static const char *const wanted[] = { ".a.b[]", ".\"c\\n\"[1].x", ".a.b[2]", ".d", ".e", ".f",
        ".g", ".h", ".i", ".j", ".k", ".l", ".m", ".n", ".o", ".p", ".q", ".r", ".s" };
    struct json_paths *paths;
    struct json_result result = { .error = JSON_TOO_MANY };
    bool added = true;

    allocations_left = allocations;
    paths = json_paths_new();
    if (!paths)
        return false;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        size_t at = 0;

        if (json_paths_add(paths, JSON_ROOT, wanted[i], strlen(wanted[i]), &at) != JSON_NO_NODE)
            continue;
        assert_int_equal(at, SIZE_MAX);
        added = false;
    }
    /* with the present nodes, the scan continues */
    json_scan(text, sizeof text - 1, paths, 8, matches, &result);
    if (result.error != JSON_OK) {
        assert_int_equal(result.error, JSON_TOO_MANY);
        assert_int_equal(matches->count, matches->capacity);
    }
    json_paths_free(paths);
    return added && result.error == JSON_OK;
}

static void survives_each_allocation_that_fails(void **state)
{
    long allocations = 0;
    struct json_matches matches = { 0 };

    (void)state;
    while (!run(allocations, &matches)) {
        json_matches_free(&matches);
        assert_true(++allocations < 1000);
    }
    assert_true(allocations > 20);
    assert_int_equal(matches.count, 9);
    /* a list that has grown is reused without an allocation */
    for (int i = 0; i < 3; i++) {
        struct json_paths *paths;
        struct json_result result;

        allocations_left = 1000;
        paths = json_paths_new();
        assert_int_not_equal(json_paths_other(paths, JSON_ROOT), JSON_NO_NODE);
        allocations_left = 0;
        assert_int_equal(json_scan(text, sizeof text - 1, paths, 8, &matches, &result), JSON_OK);
        assert_int_equal(matches.count, 3);
        json_paths_free(paths);
    }
    json_matches_free(&matches);
}

static void adds_no_child_to_no_node(void **state)
{
    (void)state;
    allocations_left = 1000;
    struct json_paths *paths = json_paths_new();
    if (paths == NULL)
        abort();
    assert_int_equal(json_paths_key(paths, JSON_NO_NODE, "a", 1), JSON_NO_NODE);
    assert_int_equal(json_paths_index(paths, JSON_NO_NODE, 0), JSON_NO_NODE);
    assert_int_equal(json_paths_each(paths, JSON_NO_NODE), JSON_NO_NODE);
    assert_int_equal(json_paths_other(paths, JSON_NO_NODE), JSON_NO_NODE);
    allocations_left = 0;
    uint32_t record = json_paths_each(paths, json_paths_key(paths, JSON_ROOT, "Records", 7));
    assert_int_equal(json_paths_key(paths, record, "body", 4), JSON_NO_NODE);
    json_paths_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_each_allocation_that_fails),
        cmocka_unit_test(adds_no_child_to_no_node),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
