#ifndef JSON_WATCH_H
#define JSON_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/path.h"

/*
 * Keys that json_scan() looks out for at every depth, told apart neither by case nor by "_", "-"
 * and blanks: json_paths_watch() adds them. Most keys of a text are turned away by their first and
 * last byte; what passes is folded and searched for.
 */

/*
 * json_paths_watch(paths, key, length):
 * Have members matched that no path names, at every depth, whose key is this one but for case, "_",
 * "-" and blanks. Return the node of their matches, the same for keys that are alike, or
 * JSON_NO_NODE: no memory. Letters of Latin, Greek and Cyrillic have case.
 */
uint32_t json_paths_watch(struct json_paths *paths, const char *key, size_t length);

/* The node of those that are watched like this key, or JSON_NO_NODE. */
uint32_t json_paths_watched(const struct json_paths *paths, const char *key, size_t length);

/* What follows is for json/scan.h and json/path.h alone. */

enum { JSON_WATCH_BEGINS = 1, JSON_WATCH_ENDS = 2 };

struct json_watch {
    uint8_t ends[256]; /* by byte: whether it may begin a watched key, whether it may end one */
    struct json_watch_name *names; /* in order */
    size_t count;
    size_t shortest; /* of the names, folded, in bytes */
};

void json_watch_free(struct json_watch *watch); /* NULL is fine */

/* Fold and search: text[key, end) has both quotes, and escapes unless ${plain}. */
uint32_t json_watch_search(const struct json_watch *watch, const char *key, const char *end,
    bool plain);

/* The node of a watched key, or JSON_NO_NODE; text[key, end) has both quotes. */
static inline uint32_t json_watch_find(const struct json_watch *watch, const char *key,
    const char *end, bool plain)
{
    unsigned begins = watch->ends[(unsigned char)key[1]] & JSON_WATCH_BEGINS;
    unsigned ends = watch->ends[(unsigned char)end[-2]] & JSON_WATCH_ENDS;

    if (plain && !(begins && ends))
        return JSON_NO_NODE;
    return json_watch_search(watch, key, end, plain);
}

#endif
