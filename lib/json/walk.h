#ifndef JSON_WALK_H
#define JSON_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"

/*
 * Iterate over every value of a JSON text, in order, when its paths are unknown. The text must have
 * passed json_scan(): nothing is validated again. Not recursive; nothing is decoded or allocated.
 */
enum json_walk_event {
    JSON_WALK_VALUE, /* a string, number, true, false or null */
    JSON_WALK_OPEN,  /* an object or array; its content follows */
    JSON_WALK_CLOSE, /* the end of an object or array */
    JSON_WALK_END    /* the end of the text */
};

struct json_walk {
    /* For VALUE and OPEN: */
    const char *key; /* its quoted key; NULL for an element or the root */
    size_t key_length;
    bool key_plain;    /* without escapes */
    const char *value; /* start of the value; a string includes its quotes */
    size_t length;     /* of a VALUE */
    enum json_kind kind;
    bool plain;     /* a string without escapes */
    unsigned depth; /* open objects and arrays, without the one just opened or closed */

    /* private */
    const char *at;
    const char *end;
    unsigned open;
    uint64_t objects[JSON_MAX_DEPTH / 64 + 1]; /* bit n: the container at depth n is an object */
};

void json_walk_start(struct json_walk *walk, const char *text, size_t length);
enum json_walk_event json_walk_next(struct json_walk *walk);

#endif
