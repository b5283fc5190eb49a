#ifndef JSON_UTF8_H
#define JSON_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * UTF-8 by the table of RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF. Only
 * lib/json includes this.
 */

/*
 * json_utf8_measure(text, end):
 * Return the length, 2 to 4, of the valid sequence that begins with the byte of 0x80 or more at
 * ${text}; 0 when none does before ${end}.
 */
static inline size_t json_utf8_measure(const char *text, const char *end)
{
    const unsigned char *u = (const unsigned char *)text;
    size_t left = (size_t)(end - text);
    if (u[0] < 0xC2)
        return 0;
    if (u[0] < 0xE0)
        return left >= 2 && (u[1] & 0xC0) == 0x80 ? 2 : 0;
    if (u[0] < 0xF0) {
        if (left < 3 || (u[1] & 0xC0) != 0x80 || (u[2] & 0xC0) != 0x80)
            return 0;
        if ((u[0] == 0xE0 && u[1] < 0xA0) || (u[0] == 0xED && u[1] > 0x9F))
            return 0;
        return 3;
    }
    if (u[0] > 0xF4 || left < 4 || (u[1] & 0xC0) != 0x80 || (u[2] & 0xC0) != 0x80 ||
        (u[3] & 0xC0) != 0x80)
        return 0;
    if ((u[0] == 0xF0 && u[1] < 0x90) || (u[0] == 0xF4 && u[1] > 0x8F))
        return 0;
    return 4;
}

/*
 * json_utf8_begun(text, end):
 * Where json_utf8_measure() is 0: return how many bytes at ${text}, 0 to 3, begin a valid sequence.
 * One replacement character replaces them, or one byte if there are none (Unicode 15, section 3.9).
 */
static inline size_t json_utf8_begun(const char *text, const char *end)
{
    const unsigned char *u = (const unsigned char *)text;
    size_t left = (size_t)(end - text);
    if (u[0] < 0xC2 || u[0] > 0xF4)
        return 0;
    if (u[0] < 0xE0 || left < 2 || (u[1] & 0xC0) != 0x80)
        return 1;
    if ((u[0] == 0xE0 && u[1] < 0xA0) || (u[0] == 0xED && u[1] > 0x9F) ||
        (u[0] == 0xF0 && u[1] < 0x90) || (u[0] == 0xF4 && u[1] > 0x8F))
        return 1;
    if (u[0] < 0xF0 || left < 3 || (u[2] & 0xC0) != 0x80)
        return 2;
    return 3;
}

/* Return the code point of the valid sequence of ${length} bytes, 1 to 4, at ${text}. */
static inline uint32_t json_utf8_get(const char *text, size_t length)
{
    const unsigned char *u = (const unsigned char *)text;
    switch (length) {
    case 1:
        return u[0];
    case 2:
        return (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
    case 3:
        return (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
    default:
        return (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 | (u[3] & 0x3Fu);
    }
}

/* Write the code point, not a surrogate, to ${out}. Return the number of bytes, 1 to 4. */
static inline size_t json_utf8_put(char *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

/* Return the lower case of European letters of two bytes; other code points are unchanged. */
static inline uint32_t json_utf8_lower(uint32_t point)
{
    if (point >= 'A' && point <= 'Z')
        return point + 0x20;
    if ((point >= 0xC0 && point <= 0xDE && point != 0xD7) || (point >= 0x391 && point <= 0x3A9) ||
        (point >= 0x410 && point <= 0x42F))
        return point + 0x20;
    if (point >= 0x400 && point <= 0x40F)
        return point + 0x50;
    if (point == 0x130 || point == 0x131) /* Turkish forms of i and I */
        return 'i';
    if ((point >= 0x100 && point <= 0x137) || (point >= 0x14A && point <= 0x177))
        return point | 1;
    if ((point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17E))
        return point + (point & 1);
    return point == 0x178 ? 0xFF : point;
}

#endif
