#include <stdio.h>
#include <string.h>

#include "aws/form.h"

/* RFC 3986, unreserved: what needs no encoding. */
static const unsigned char unreserved[256] = {
    ['-'] = 1, ['.'] = 1, ['_'] = 1, ['~'] = 1,
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1,
    ['9'] = 1,
    ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1,
    ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1,
    ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1,
    ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1,
    ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1,
    ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

static void encode(struct buf *out, const char *value, size_t length)
{
    static const char hex[] = "0123456789ABCDEF";
    char *to = buf_reserve(out, length * 3);
    if (to == NULL)
        return;
    char *start = to;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)value[i];
        if (unreserved[byte]) {
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
    buf_printf(out, "&%s=%llu", name, (unsigned long long)value);
}

void form_entry_name(char out[FORM_NAME_SIZE], const char *action, size_t index, const char *name)
{
    (void)snprintf(out, FORM_NAME_SIZE, "%sRequestEntry.%zu.%s", action, index + 1, name);
}
