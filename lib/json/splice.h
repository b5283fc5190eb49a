#ifndef JSON_SPLICE_H
#define JSON_SPLICE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Copy a line of valid JSON to a buffer and change it on the way, from front to back. ${failed} of
 * the buffer reports failures.
 */
struct json_splice {
    struct buf *out;
    const char *text;
    size_t length;
    size_t cursor; /* text[0, cursor) is done */
};

/* Copy up to ${offset}. */
void json_splice_copy(struct json_splice *splice, size_t offset);

/* Skip the text up to ${offset}; the caller appends its replacement to ${out}. */
void json_splice_skip(struct json_splice *splice, size_t offset);

/* Copy up to ${start}, and leave out the member or element text[start, end) with one comma. */
void json_splice_remove(struct json_splice *splice, size_t start, size_t end);

/*
 * Copy up to the closing brace of the object that ends at ${end}, and append a comma unless the
 * object is empty. The caller appends "key":value and calls json_splice_finish().
 */
void json_splice_open_end(struct json_splice *splice, size_t end);

/* Copy the rest, and end the line. Return 0, or -1: the buffer has failed. */
int json_splice_finish(struct json_splice *splice);

#endif
