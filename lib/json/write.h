#ifndef JSON_WRITE_H
#define JSON_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * json_write_compact(out, text, length):
 * Append the valid JSON text without the whitespace outside its strings, every other byte kept.
 * Return 0, or -1 when the buffer is full.
 */
int json_write_compact(struct buf *out, const char *text, size_t length);

/* json_write_ascii(): as compact, and every non-ASCII character inside strings written as \u
 * escapes. */
int json_write_ascii(struct buf *out, const char *text, size_t length);

/*
 * Splicing: edits of a valid text, given in order of their offsets and not overlapping, that are
 * applied while copying it.
 */
struct json_edit {
    size_t start;
    size_t end;       /* text[start, end) is replaced … */
    const char *with; /* … by these bytes */
    size_t with_length;
};

/* Append text[0, length) with ${edits} applied. 0, or -1. */
int json_write_spliced(struct buf *out, const char *text, size_t length,
    const struct json_edit *edits, size_t count);

/*
 * json_write_without(out, text, object, object_end, keys, ends, count):
 * Append the object text[object, object_end) without the members whose key starts at keys[i] and
 * whose value ends at ends[i] (ascending, all direct members of this object), commas mended.
 */
int json_write_without(struct buf *out, const char *text, size_t object, size_t object_end,
    const uint32_t *keys, const uint32_t *ends, size_t count);

#endif
