#include <string.h>

#include "detect/escaped.h"
#include "detect/shape.h"

enum { UNICODE = 6, PERCENT = 3, ENCODED_MOST = 4 };

static bool is_letter(char c)
{
    return c != '\0' && strchr("bfnrt", c) != NULL;
}

static size_t backslash_size(const char *text, size_t length, size_t at)
{
    char c = shape_at(text, length, at + 1);
    if (is_letter(c))
        return 2;
    if (c != 'u')
        return 0;
    for (size_t i = at + 2; i < at + UNICODE; i++)
        if (!shape_is_hex(shape_at(text, length, i)))
            return 0;
    return UNICODE;
}

static bool is_hex_pair(const char *text, size_t length, size_t at)
{
    return shape_is_hex(shape_at(text, length, at)) && shape_is_hex(shape_at(text, length, at + 1));
}

static size_t percent_size(const char *text, size_t length, size_t at)
{
    size_t size = PERCENT;
    if (!is_hex_pair(text, length, at + 1))
        return 0;
    /* %25 is "%" */
    for (size_t times = 1; times < ENCODED_MOST && memcmp(text + at + size - 2, "25", 2) == 0 &&
         is_hex_pair(text, length, at + size);
         times++)
        size += 2;
    return size;
}

size_t escaped_size(const char *text, size_t length, size_t at)
{
    switch (text[at]) {
    case '\\':
        return backslash_size(text, length, at);
    case '%':
        return percent_size(text, length, at);
    default:
        return 0;
    }
}

bool escaped_is_plus(const char *text, size_t at)
{
    return (at >= 3 &&
               (memcmp(text + at - 3, "%2B", 3) == 0 || memcmp(text + at - 3, "%2b", 3) == 0)) ||
        (at >= UNICODE &&
            (memcmp(text + at - UNICODE, "\\u002b", UNICODE) == 0 ||
                memcmp(text + at - UNICODE, "\\u002B", UNICODE) == 0));
}

bool escaped_is_letter(const char *text, size_t at)
{
    return at >= 2 && text[at - 2] == '\\' && is_letter(text[at - 1]);
}
