#include <arpa/inet.h>
#include <string.h>

#include "json/string.h"
#include "mask/address.h"

enum { MAPPED = 12, GROUPS = 8, LONGEST = INET6_ADDRSTRLEN };

static const unsigned char mapped[MAPPED] = { [10] = 0xff, [11] = 0xff };

bool address_is_ipv4(const unsigned char address[ADDRESS_SIZE])
{
    return memcmp(address, mapped, sizeof mapped) == 0;
}

bool address_parse(const char *text, size_t length, unsigned char address[ADDRESS_SIZE])
{
    char copy[LONGEST];
    if (length >= LONGEST || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (memchr(text, ':', length) != NULL)
        return inet_pton(AF_INET6, copy, address) == 1;
    memcpy(address, mapped, sizeof mapped);
    return inet_pton(AF_INET, copy, address + MAPPED) == 1;
}

bool address_read(const struct token_value *value, struct buf *scratch,
    unsigned char address[ADDRESS_SIZE])
{
    if (value->kind != JSON_STRING)
        return false;
    const char *content = value->text + 1;
    size_t length = value->length - 2;
    if (!value->plain) {
        buf_clear(scratch);
        if (json_string_decode(scratch, value->text, value->length) != 0)
            return false;
        content = scratch->data;
        length = scratch->length;
    }
    return address_parse(content, length, address);
}

static char *write_decimal(char *at, unsigned value)
{
    if (value >= 100)
        *at++ = (char)('0' + value / 100);
    if (value >= 10)
        *at++ = (char)('0' + value / 10 % 10);
    *at++ = (char)('0' + value % 10);
    return at;
}

static char *write_ipv4(char *at, const unsigned char bytes[4])
{
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            *at++ = '.';
        at = write_decimal(at, bytes[i]);
    }
    return at;
}

static char *write_group(char *at, unsigned group)
{
    static const char digits[] = "0123456789abcdef";
    int shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0;
    for (; shift >= 0; shift -= 4)
        *at++ = digits[(group >> shift) & 0xf];
    return at;
}

/*
 * Find the first of the longest runs of two or more zero groups. Return its start; its length is 0
 * when there is none.
 */
static int longest_run(const unsigned groups[GROUPS], int *length)
{
    int best = 0;
    *length = 0;
    for (int i = 0; i < GROUPS; i++) {
        int end = i;
        while (end < GROUPS && groups[end] == 0)
            end++;
        if (end - i > *length && end - i > 1) {
            best = i;
            *length = end - i;
        }
        i = end;
    }
    return best;
}

static char *write_ipv6(char *at, const unsigned char address[ADDRESS_SIZE])
{
    unsigned groups[GROUPS];
    int length;
    for (size_t i = 0; i < GROUPS; i++)
        groups[i] = (unsigned)address[2 * i] << 8 | address[2 * i + 1];
    int run = longest_run(groups, &length);
    for (int i = 0; i < GROUPS; i++) {
        if (length > 0 && i == run) {
            *at++ = ':';
            if (i + length == GROUPS)
                *at++ = ':';
            i += length - 1;
            continue;
        }
        if (i > 0)
            *at++ = ':';
        at = write_group(at, groups[i]);
    }
    return at;
}

size_t address_text(const unsigned char address[ADDRESS_SIZE], char text[ADDRESS_TEXT_MAX])
{
    const char *end =
        address_is_ipv4(address) ? write_ipv4(text, address + MAPPED) : write_ipv6(text, address);
    return (size_t)(end - text);
}

int address_write(struct buf *out, const unsigned char address[ADDRESS_SIZE])
{
    char *place = buf_reserve(out, ADDRESS_TEXT_MAX + 2);
    if (place == NULL)
        return -1;
    size_t length = address_text(address, place + 1);
    place[0] = '"';
    place[length + 1] = '"';
    out->length += length + 2;
    return 0;
}
