#ifndef JSON_SPLICE_H
#define JSON_SPLICE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Copying a line of valid JSON to a buffer with changes on the way, front to back. What goes wrong
 * with the buffer is seen by its ${failed}.
 */
struct json_splice {
    struct buf *out;
    const char *text;
    size_t length;
    size_t cursor; /* text[0, cursor) is dealt with */
};

/* Copy up to ${offset}. */
void json_splice_copy(struct json_splice *splice, size_t offset);

/* Pass over the text up to ${offset}; what stands for it has been or will be appended to ${out}. */
void json_splice_skip(struct json_splice *splice, size_t offset);

/* Copy up to ${start}, then leave out the member or element text[start, end), mending the commas.
 */
void json_splice_remove(struct json_splice *splice, size_t start, size_t end);

/*
 * Copy up to the closing brace of the object that ends at ${end}, and append the comma that one
 * more member needs, if any member is there. The caller appends "key":value and calls
 * json_splice_finish().
 */
void json_splice_open_end(struct json_splice *splice, size_t end);

/* Copy the rest, and end the line. 0, or -1: something went wrong with the buffer. */
int json_splice_finish(struct json_splice *splice);

#endif
