#include "json/letters.h"
#include "json/utf8.h"

size_t json_letters_next(const char *text, const char *end, uint32_t *point)
{
    size_t length = (unsigned char)*text < 0x80 ? 1 : json_utf8_measure(text, end);
    *point = length == 0 ? 0xFFFD : json_utf8_get(text, length);
    return length == 0 ? 1 : length;
}

uint32_t json_letters_lower(uint32_t point)
{
    return json_utf8_lower(point);
}

size_t json_letters_put(char out[JSON_LETTERS_MOST], uint32_t point)
{
    return json_utf8_put(out, point);
}
