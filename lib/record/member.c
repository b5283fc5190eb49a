#include <stdbool.h>

#include "base/clock.h"
#include "json/string.h"
#include "json/write.h"
#include "record/member.h"
#include "record/record.h"

void member_string(struct buf *line, const char *key, const char *text, size_t length)
{
    if (length == 0)
        return;
    buf_puts(line, key);
    json_string_encode(line, text, length);
}

void member_time(struct buf *line, const char *key, uint64_t ms)
{
    char text[CLOCK_RFC3339_SIZE];
    if (ms == 0)
        return;
    clock_rfc3339(ms, text);
    buf_puts(line, key);
    buf_putc(line, '"');
    buf_append(line, text, sizeof text - 1);
    buf_putc(line, '"');
}

void member_number(struct buf *line, const char *key, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buf_puts(line, key);
    buf_append(line, digits + at, sizeof digits - at);
}

void member_body(struct buf *line, struct json_matches *matches, const char *text, size_t length)
{
    struct json_result result;
    const char *first = text;
    const char *end = text + length;
    while (first < end && (*first == ' ' || *first == '\t' || *first == '\n' || *first == '\r'))
        first++;
    if (first < end && (*first == '{' || *first == '[') &&
        json_scan(text, length, NULL, RECORD_BODY_DEPTH, matches, &result) == JSON_OK)
        json_write_compact(line, text, length);
    else
        json_string_encode(line, text, length);
}
