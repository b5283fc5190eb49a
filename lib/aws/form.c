#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "aws/form.h"

/* RFC 3986, unreserved: what needs no encoding. */
static bool unreserved(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
        (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

static void encode(struct buf *out, const char *value, size_t length)
{
    static const char hex[] = "0123456789ABCDEF";
    char *to = buf_reserve(out, length * 3);
    if (to == NULL)
        return;
    char *start = to;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)value[i];
        if (unreserved(byte)) {
            *to++ = (char)byte;
        } else if (byte == ' ') {
            *to++ = '+';
        } else {
            *to++ = '%';
            *to++ = hex[byte >> 4];
            *to++ = hex[byte & 15];
        }
    }
    out->length += (size_t)(to - start);
}

void form_begin(struct buf *out, const char *action)
{
    buf_puts(out, "Action=");
    buf_puts(out, action);
    buf_puts(out, "&Version=2012-11-05");
}

void form_add(struct buf *out, const char *name, const char *value, size_t length)
{
    buf_putc(out, '&');
    buf_puts(out, name);
    buf_putc(out, '=');
    encode(out, value, length);
}

void form_add_number(struct buf *out, const char *name, uint64_t value)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[sizeof digits - ++count] = (char)('0' + value % 10);
    } while ((value /= 10) > 0);
    form_add(out, name, digits + sizeof digits - count, count);
}

void form_entry_name(char out[FORM_NAME_SIZE], const char *action, size_t index, const char *name)
{
    (void)snprintf(out, FORM_NAME_SIZE, "%sRequestEntry.%zu.%s", action, index + 1, name);
}
