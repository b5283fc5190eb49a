#include <string.h>

#include "json/span.h"
#include "json/strings.h"

bool json_strings_next(const char *text, size_t end, size_t *at, struct json_string_place *place)
{
    const char *start = *at < end ? memchr(text + *at, '"', end - *at) : NULL;
    const char *p;
    if (!start)
        return false;
    place->plain = true;
    for (p = json_span_content(start + 1, text + end); p < text + end && *p == '\\';
         p = json_span_content(p + 2, text + end))
        place->plain = false;
    place->start = (size_t)(start - text);
    place->end = (size_t)(p - text) + 1;
    *at = place->end;
    return true;
}
