#ifndef DETECT_TEXT_H
#define DETECT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/census.h"

/* What is made of letters as much as of digits (detect/detect.h). Only lib/detect includes this. */

/*
 * text_email(text, length, from, start):
 * The next e-mail address that begins at or after ${from}: its end, with the beginning in *start,
 * or 0.
 */
size_t text_email(const char *text, size_t length, size_t from, size_t *start);

/* The length of the token at text[at], which no letter, digit or "_" precedes, or 0. */
size_t text_jwt(const char *text, size_t length, size_t at);

/* The same for a UUID (RFC 9562, section 4), which is none of our kinds. */
size_t text_uuid(const char *text, size_t length, size_t at);

/* Whether a text that was counted is nothing but a UUID. */
bool text_is_uuid(const char *text, const struct census *census);

/*
 * Whether it is nothing but a day or a moment as most programs write it (RFC 3339): 2026-01-31, and
 * behind a "T" or a blank 08:30:00 with up to nine decimals, "Z" or +01:00. There is none of our
 * kinds in it.
 */
bool text_is_moment(const char *text, const struct census *census);

#endif
