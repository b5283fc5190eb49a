#ifndef JSON_WATCH_H
#define JSON_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/node.h"

/*
 * Keys that json_scan() watches for at every depth. They are compared without case, "_", "-",
 * blanks, invisible characters and full-width forms. json_paths_watch() of json/path.h adds them.
 * The first and last byte exclude most keys of a text; the others are folded and searched.
 */

/* Only json/scan.c and json/path.c use this. */

enum { JSON_WATCH_BEGINS = 1, JSON_WATCH_ENDS = 2 };

struct json_watch {
    uint8_t ends[256];             /* by byte: may it begin a watched key, may it end one */
    struct json_watch_name *names; /* sorted */
    size_t count;
    size_t shortest; /* bytes of a spelling of a name */
};

struct json_watch *json_watch_new(void);        /* NULL: out of memory */
void json_watch_free(struct json_watch *watch); /* NULL is fine */

/* Add a new key with its node. Return 0, or -1: out of memory. */
int json_watch_add(struct json_watch *watch, const char *key, size_t length, uint32_t node);

/* Return the node of a key as users write it, or JSON_NO_NODE. */
uint32_t json_watch_get(const struct json_watch *watch, const char *key, size_t length);

/* Fold and search: text[key, end) has both quotes, and escapes unless ${plain}. */
uint32_t json_watch_search(const struct json_watch *watch, const char *key, const char *end,
    bool plain);

/* Return the node of a watched key, or JSON_NO_NODE; text[key, end) has both quotes. */
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
