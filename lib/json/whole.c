#include "json/whole.h"

/* Return the offset past the string that begins at text[at], or length. */
static size_t string_end(const char *text, size_t length, size_t at)
{
    for (size_t i = at + 1; i < length; i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '"')
            return i + 1;
    }
    return length;
}

bool json_whole(const char *text, size_t length)
{
    size_t open = 0;
    size_t i = 0;
    while (i < length && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r'))
        i++;
    if (i == length || text[i] != '{')
        return false;
    while (i < length) {
        char byte = text[i];
        i = byte == '"' ? string_end(text, length, i) : i + 1;
        if (byte == '{' || byte == '[')
            open++;
        else if ((byte == '}' || byte == ']') && --open == 0)
            return true;
    }
    return false;
}
