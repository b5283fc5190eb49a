#include <string.h>

#include "detect/separator.h"
#include "detect/shape.h"

size_t separator(const char *text, size_t length, size_t at, char *kind)
{
    char c = shape_at(text, length, at);
    *kind = c;
    if (c == ' ' || c == '-' || c == '.' || c == '/')
        return 1;
    if (length - at >= 2 && memcmp(text + at, "\xC2\xA0", 2) == 0) {
        *kind = ' ';
        return 2;
    }
    if (length - at >= 3 && memcmp(text + at, "\xE2\x80", 2) == 0) {
        *kind = text[at + 2] == '\xAF' ? ' ' : '-';
        if (strchr("\xAF\x91\x93", text[at + 2]) != NULL && text[at + 2] != '\0')
            return 3;
    }
    return 0;
}
