#include <stdbool.h>
#include <string.h>

#include "aws/form.h"

enum { DIGITS = 20 };

/* Unreserved characters of RFC 3986, which need no encoding. A table, because handles follow no
 * pattern that branch prediction could use. */
static bool unreserved(unsigned char byte)
{
    static const char table[256] = "                                "
                                   "             .. ..........      "
                                   " ..........................    ."
                                   " ..........................   . ";
    return table[byte] == '.';
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

/* Write the digits of ${value} to the end of ${room}; return the index of the first. */
static size_t digits_of(uint64_t value, char room[DIGITS])
{
    size_t at = DIGITS;
    do {
        room[--at] = (char)('0' + value % 10);
    } while ((value /= 10) > 0);
    return at;
}

void form_add_number(struct buf *out, const char *name, uint64_t value)
{
    char room[DIGITS];
    size_t at = digits_of(value, room);
    form_add(out, name, room + at, DIGITS - at);
}

/* Append ${length} bytes at ${to}, as far as they and a NUL fit. */
static size_t put(char out[FORM_NAME_SIZE], size_t to, const char *text, size_t length)
{
    size_t room = FORM_NAME_SIZE - 1 - to;
    if (length > room)
        length = room;
    memcpy(out + to, text, length);
    return to + length;
}

/* Without snprintf(), for speed: each deleted message needs two names. */
void form_entry_name(char out[FORM_NAME_SIZE], const char *action, size_t index, const char *name)
{
    char room[DIGITS];
    size_t at = digits_of(index + 1, room);
    size_t to = put(out, 0, action, strlen(action));
    to = put(out, to, "RequestEntry.", strlen("RequestEntry."));
    to = put(out, to, room + at, DIGITS - at);
    to = put(out, to, ".", 1);
    to = put(out, to, name, strlen(name));
    out[to] = '\0';
}
