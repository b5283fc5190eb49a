#ifndef JSON_ESCAPE_H
#define JSON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/validity.h"

/* Escapes inside strings (RFC 8259 §7). Only lib/json includes this. */

/* Return the value of four hexadecimal digits, or -1. */
static inline int32_t json_escape_hex(const char *text)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned c = (unsigned char)text[i];

        if (c - '0' < 10)
            value = value << 4 | (c - '0');
        else if ((c | 0x20) - 'a' < 6)
            value = value << 4 | ((c | 0x20) - 'a' + 10);
        else
            return -1;
    }
    return (int32_t)value;
}

/*
 * json_escape_parse(text, end, point, error):
 * Parse the escape whose backslash is at ${text}; the string goes on to ${end} at most. Store the
 * character in ${point} and return the length of the escape: 2, 6 or 12 (a surrogate pair). Return
 * 0 with ${error} JSON_SYNTAX or JSON_SURROGATE.
 */
static inline size_t json_escape_parse(const char *text, const char *end, uint32_t *point,
    enum json_error *error)
{
    size_t left = (size_t)(end - text);
    int32_t unit, low;
    *error = JSON_SYNTAX;
    if (left < 2)
        return 0;
    switch (text[1]) {
    case '"':
    case '\\':
    case '/':
        *point = (unsigned char)text[1];
        return 2;
    case 'b':
        *point = '\b';
        return 2;
    case 'f':
        *point = '\f';
        return 2;
    case 'n':
        *point = '\n';
        return 2;
    case 'r':
        *point = '\r';
        return 2;
    case 't':
        *point = '\t';
        return 2;
    case 'u':
        break;
    default:
        return 0;
    }
    if (left < 6 || (unit = json_escape_hex(text + 2)) < 0)
        return 0;
    *point = (uint32_t)unit;
    if (unit < 0xD800 || unit > 0xDFFF)
        return 6;
    *error = JSON_SURROGATE;
    if (unit > 0xDBFF || left < 12 || text[6] != '\\' || text[7] != 'u')
        return 0;
    low = json_escape_hex(text + 8);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    *point = 0x10000u + ((uint32_t)(unit - 0xD800) << 10 | (uint32_t)(low - 0xDC00));
    return 12;
}

/* Write \uXXXX, or two of them beyond the basic plane, to ${out}. Return the number of bytes. */
static inline size_t json_escape_format(char out[12], uint32_t point)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t units[2] = { point, 0 };
    size_t length = 0;
    if (point > 0xFFFF) {
        units[0] = 0xD800 + ((point - 0x10000) >> 10);
        units[1] = 0xDC00 + ((point - 0x10000) & 0x3FF);
    }
    for (int i = 0; i == 0 || (i == 1 && units[1]); i++) {
        out[length++] = '\\';
        out[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4)
            out[length++] = digits[units[i] >> shift & 15];
    }
    return length;
}

#endif
