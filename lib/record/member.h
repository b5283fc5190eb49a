#ifndef RECORD_MEMBER_H
#define RECORD_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "json/scan.h"
#include "json/string.h"

/*
 * Members of a record that is made of a message. ${key} is what stands before the value: the key
 * with its quotes and colon, and a comma or brace before them. Whether all had room the buffer
 * tells. They are inline because the length of a key is known where they are called: sqs-pull
 * writes six of them a message.
 */

/* A JSON string; nothing where the text is empty. */
static inline void member_string(struct buf *line, const char *key, const char *text, size_t length)
{
    if (length == 0)
        return;
    (void)buf_puts(line, key);
    json_string_encode(line, text, length);
}

/* A time as RFC 3339 has it, of milliseconds since 1970; nothing for 0. */
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
 * The value of "body", without its key: an object or array of no more than RECORD_BODY_DEPTH as it
 * is, but for the whitespace around its parts; all else as a string. ${matches} is scratch.
 */
void member_body(struct buf *line, struct json_matches *matches, const char *text, size_t length);

#endif
