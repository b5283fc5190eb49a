#ifndef DETECT_SHAPE_H
#define DETECT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a text, ASCII only: other bytes are not letters here. Only lib/detect includes this. */

static inline bool shape_is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static inline bool shape_is_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static inline bool shape_is_capital(char c)
{
    return (unsigned char)(c - 'A') < 26;
}

static inline bool shape_is_hex(char c)
{
    return shape_is_digit(c) || (unsigned char)((c | 0x20) - 'a') < 6;
}

static inline bool shape_is_alnum(char c)
{
    return shape_is_digit(c) || shape_is_letter(c);
}

/* Return true for a byte that a name or number can continue with. */
static inline bool shape_is_word(char c)
{
    return shape_is_alnum(c) || c == '_';
}

static inline char shape_lower(char c)
{
    return (unsigned char)(c - 'A') < 26 ? (char)(c | 0x20) : c;
}

/* Return the byte at ${at}, or NUL past the end. */
static inline char shape_at(const char *text, size_t length, size_t at)
{
    return at < length ? text[at] : '\0';
}

/* Return true when the byte at ${end} is ${c}, and joins a word to the text before it. */
static inline bool shape_joined_after(const char *text, size_t length, size_t end, char c)
{
    return shape_at(text, length, end) == c && shape_is_word(shape_at(text, length, end + 1));
}

/* Return the number of digits at ${at}, at most ${most}. */
static inline size_t shape_digits(const char *text, size_t length, size_t at, size_t most)
{
    size_t count = 0;

    while (count < most && at + count < length && shape_is_digit(text[at + count]))
        count++;
    return count;
}

#endif
