#ifndef JSON_WRITE_H
#define JSON_WRITE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * json_write_compact(out, text, length):
 * Append the valid JSON text without the whitespace outside its strings, every other byte kept.
 * Return 0, or -1 when the buffer is full.
 */
int json_write_compact(struct buf *out, const char *text, size_t length);

/*
 * json_write_ascii(out, text, length):
 * Do the same as json_write_compact(), and write every non-ASCII character in strings as \u
 * escapes.
 */
int json_write_ascii(struct buf *out, const char *text, size_t length);

#endif
