#include <string.h>

#include "attributes.h"

/* SQS Developer Guide, "Amazon SQS message attributes". */
enum { NAME_MAXIMUM = 256 };
static const char every[] = "All";
static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

static bool is_name(const char *text, size_t length)
{
    size_t span = strspn(text, allowed);
    if (length > 2 && span == length - 1 && text[span - 1] == '.' && text[span] == '*')
        span++;
    return length > 0 && length <= NAME_MAXIMUM && span == length;
}

bool attributes_parse(struct attributes *attributes, const char *value)
{
    size_t length = strlen(value);
    attributes->count = 0;
    if (strcmp(value, "all") == 0) {
        attributes->names[attributes->count++] = every;
        return true;
    }
    if (length >= sizeof attributes->text)
        return false;
    memcpy(attributes->text, value, length + 1);
    for (char *at = attributes->text;; at++) {
        char *end = at + strcspn(at, ",");
        bool last = *end == '\0';
        *end = '\0';
        if (attributes->count == ATTRIBUTES_NAMES || !is_name(at, (size_t)(end - at)))
            return false;
        attributes->names[attributes->count++] = at;
        if (last)
            return true;
        at = end;
    }
}

bool attributes_want(const struct attributes *attributes, const char *name, size_t length)
{
    for (size_t i = 0; i < attributes->count; i++) {
        const char *wanted = attributes->names[i];
        size_t span = strcspn(wanted, "*");
        bool prefix = wanted[span] == '*';
        if (wanted == every ||
            ((prefix ? length >= span : length == span) && memcmp(wanted, name, span) == 0))
            return true;
    }
    return false;
}
