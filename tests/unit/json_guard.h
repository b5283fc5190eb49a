#ifndef JSON_GUARD_H
#define JSON_GUARD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "json/scan.h"

/*
 * A text between two inaccessible pages. Reading one byte before its start or past its end is a
 * crash in every build.
 */
enum { GUARD_ROOM = 1 << 17 };

static inline char *guard_pages(void)
{
    static char *pages;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (pages)
        return pages;
    pages = mmap(NULL, GUARD_ROOM + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    pages += page;
    assert_int_equal(mprotect(pages, GUARD_ROOM, PROT_READ | PROT_WRITE), 0);
    return pages;
}

/* Return a copy whose end is the last readable byte. */
static inline const char *guard_end(const char *text, size_t length)
{
    char *place = guard_pages() + GUARD_ROOM - length;

    assert_true(length <= GUARD_ROOM);
    if (length > 0)
        memcpy(place, text, length);
    return place;
}

/* Return a copy whose start is the first readable byte. */
static inline const char *guard_start(const char *text, size_t length)
{
    assert_true(length <= GUARD_ROOM);
    if (length > 0)
        memcpy(guard_pages(), text, length);
    return guard_pages();
}

/* Scan both copies, with and without a path; the results are the same each time. */
static inline struct json_result guard_scan(const char *text, size_t length, unsigned depth)
{
    struct json_paths *paths = json_paths_new();
    struct json_matches matches = { 0 };
    struct json_result result[4];

    assert_non_null(paths);
    json_scan(guard_end(text, length), length, NULL, depth, NULL, &result[0]);
    json_scan(guard_start(text, length), length, NULL, depth, NULL, &result[1]);
    json_scan(guard_end(text, length), length, paths, depth, &matches, &result[2]);
    assert_int_not_equal(json_paths_other(paths, JSON_ROOT), JSON_NO_NODE);
    assert_int_not_equal(json_paths_each(paths, JSON_ROOT), JSON_NO_NODE);
    json_scan(guard_end(text, length), length, paths, depth, &matches, &result[3]);
    for (int i = 1; i < 4; i++) {
        assert_int_equal(result[i].error, result[0].error);
        assert_int_equal(result[i].offset, result[0].offset);
        assert_int_equal(result[i].kind, result[0].kind);
        assert_int_equal(result[i].start, result[0].start);
        assert_int_equal(result[i].end, result[0].end);
    }
    json_matches_free(&matches);
    json_paths_free(paths);
    return result[0];
}

#endif
