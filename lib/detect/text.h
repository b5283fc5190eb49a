#ifndef DETECT_TEXT_H
#define DETECT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/census.h"

/* Values of letters and digits (detect/detect.h). Only lib/detect includes this. */

/*
 * text_email(text, length, from, start):
 * Find the next e-mail address that begins at or after ${from}. Return its end, with its beginning
 * in *start, or 0.
 */
size_t text_email(const char *text, size_t length, size_t from, size_t *start);

/* Return the length of the token at text[at], which no letter, digit or "_" precedes, or 0. */
size_t text_jwt(const char *text, size_t length, size_t at);

/* Return the same for a UUID (RFC 9562, section 4), which is not one of our kinds. */
size_t text_uuid(const char *text, size_t length, size_t at);

/* Return true when a counted text is exactly a UUID. */
bool text_is_uuid(const char *text, const struct census *census);

/*
 * Return true when it is exactly a day or a moment in the usual form (RFC 3339). That is
 * 2026-01-31, then "T" or a blank, 08:30:00 with up to nine decimals, and "Z" or +01:00. It holds
 * none of our kinds.
 */
bool text_is_moment(const char *text, const struct census *census);

#endif
