#ifndef JSON_WATCH_H
#define JSON_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/node.h"

/*
 * Keys that json_scan() looks out for at every depth, told apart neither by case nor by "_", "-",
 * blanks and what is not seen, nor by being full-width: json_paths_watch() of json/path.h adds
 * them. Most keys of a text are turned away by their first and last byte; what passes is folded and
 * searched for.
 */

/* Only json/scan.c and json/path.c use this. */

enum { JSON_WATCH_BEGINS = 1, JSON_WATCH_ENDS = 2 };

struct json_watch {
    uint8_t ends[256]; /* by byte: whether it may begin a watched key, whether it may end one */
    struct json_watch_name *names; /* in order */
    size_t count;
    size_t shortest; /* of the names, folded, in bytes */
};

struct json_watch *json_watch_new(void);        /* NULL: out of memory */
void json_watch_free(struct json_watch *watch); /* NULL is fine */

/* Add a key that is not there yet, with its node. 0, or -1: out of memory. */
int json_watch_add(struct json_watch *watch, const char *key, size_t length, uint32_t node);

/* The node of a key as people write it, or JSON_NO_NODE. */
uint32_t json_watch_get(const struct json_watch *watch, const char *key, size_t length);

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
