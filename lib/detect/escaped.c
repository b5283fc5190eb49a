#include <string.h>
#include <strings.h>

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

static bool is_before(const char *text, size_t at, const char *escape)
{
    size_t size = strlen(escape);
    return at >= size && strncasecmp(text + at - size, escape, size) == 0;
}

bool escaped_ends(const char *text, size_t at)
{
    return (at >= 2 && text[at - 2] == '\\' && escaped_size(text, at, at - 2) == 2) ||
        (at >= PERCENT && text[at - PERCENT] == '%' && is_hex_pair(text, at, at - 2)) ||
        (at >= 5 && memcmp(text + at - 5, "%25", 3) == 0 && is_hex_pair(text, at, at - 2)) ||
        (at >= UNICODE && text[at - UNICODE] == '\\' &&
            escaped_size(text, at, at - UNICODE) == UNICODE);
}

size_t escaped_slash_size(const char *text, size_t at)
{
    if (at > 0 && text[at - 1] == '/')
        return at > 1 && text[at - 2] == '\\' ? 2 : 1;
    return is_before(text, at, "%2f") ? PERCENT : is_before(text, at, "\\u002f") ? UNICODE : 0;
}

bool escaped_is_plus(const char *text, size_t at)
{
    return is_before(text, at, "%2b") || is_before(text, at, "%252b") ||
        is_before(text, at, "\\u002b");
}

bool escaped_is_letter(const char *text, size_t at)
{
    return at >= 2 && text[at - 2] == '\\' && is_letter(text[at - 1]);
}
