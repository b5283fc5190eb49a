#ifndef JSON_STRING_H
#define JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * JSON strings (RFC 8259 §7). "Quoted" means with both quotes, as json_scan() found it in a valid
 * text.
 */

/* Append the content of the quoted string, decoded to UTF-8 (may hold NULs). Return 0, or -1. */
int json_string_decode(struct buf *out, const char *quoted, size_t length);

/*
 * Append ${text}, valid UTF-8, as a quoted string with the necessary escapes only. Return 0, or -1.
 */
int json_string_encode(struct buf *out, const char *text, size_t length);

/*
 * Append ${text} as a quoted string with every byte outside printable ASCII escaped. Bytes that are
 * not UTF-8 become \ufffd. Return 0, or -1.
 */
int json_string_encode_ascii(struct buf *out, const char *text, size_t length);

/* Return true when the quoted string's content is exactly text[0, text_length). */
bool json_string_equals(const char *quoted, size_t length, const char *text, size_t text_length);

/*
 * json_string_seek(quoted, length, raw, decoded, target):
 * Advance a place in the quoted string to the spelling of content byte ${target}: *raw is the
 * offset in ${quoted} of content byte *decoded. Begin with 1 and 0. ${target} is at or after
 * *decoded, and is the start of a character or the length of the content.
 */
void json_string_seek(const char *quoted, size_t length, size_t *raw, size_t *decoded,
    size_t target);

/* Return true when the quoted string holds \u0000. */
bool json_string_has_nul(const char *quoted, size_t length);

/* Return true when the bytes are valid UTF-8 (RFC 3629). */
bool json_string_is_utf8(const char *text, size_t length);

#endif
