#ifndef RECORD_MEMBER_H
#define RECORD_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "json/scan.h"
#include "json/string.h"

/*
 * Members of a record that is made from a message. ${key} is the text before the value: comma or
 * brace, key with quotes, colon. The buffer tells whether everything fitted. The functions are
 * inline because callers know the length of the key: sqs-pull writes six members a message.
 */

/* Write a JSON string; nothing for an empty text. */
static inline void member_string(struct buf *line, const char *key, const char *text, size_t length)
{
    if (length == 0)
        return;
    (void)buf_puts(line, key);
    json_string_encode(line, text, length);
}

/* Write milliseconds since 1970 in RFC 3339; nothing for 0. */
static inline void member_time(struct buf *line, const char *key, uint64_t ms)
{
    char text[CLOCK_RFC3339_SIZE];
    if (ms == 0)
        return;
    clock_rfc3339(ms, text);
    (void)buf_puts(line, key);
    (void)buf_putc(line, '"');
    (void)buf_append(line, text, sizeof text - 1);
    (void)buf_putc(line, '"');
}

static inline void member_number(struct buf *line, const char *key, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    (void)buf_puts(line, key);
    (void)buf_append(line, digits + at, sizeof digits - at);
}

/*
 * member_body(line, matches, text, length):
 * Write the value of "body", without its key. An object or array of at most RECORD_BODY_DEPTH is
 * copied without the whitespace between its tokens; anything else becomes a string. ${matches} is
 * scratch.
 */
void member_body(struct buf *line, struct json_matches *matches, const char *text, size_t length);

#endif
