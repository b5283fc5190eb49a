#ifndef RECORD_MEMBER_H
#define RECORD_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/scan.h"

/*
 * Members of a record that is made of a message. ${key} is what stands before the value: the key
 * with its quotes and colon, and a comma or brace before them. Whether all had room the buffer
 * tells.
 */

/* A JSON string; nothing where the text is empty. */
void member_string(struct buf *line, const char *key, const char *text, size_t length);

/* A time as RFC 3339 has it, of milliseconds since 1970; nothing for 0. */
void member_time(struct buf *line, const char *key, uint64_t ms);

void member_number(struct buf *line, const char *key, uint64_t number);

/*
 * member_body(line, matches, text, length):
 * The value of "body", without its key: an object or array of no more than RECORD_BODY_DEPTH as it
 * is, but for the whitespace around its parts; all else as a string. ${matches} is scratch.
 */
void member_body(struct buf *line, struct json_matches *matches, const char *text, size_t length);

#endif
