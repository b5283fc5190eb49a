#include <arpa/inet.h>
#include <string.h>

#include "detect/context.h"
#include "detect/escaped.h"
#include "detect/joined.h"
#include "detect/network.h"
#include "detect/shape.h"

enum { QUAD_LONGEST = 15, OCTETS = 4, BYTES_IPV6 = 16 };

/* Return the length of four numbers up to 255 without leading zeroes, in any context, or 0. */
static size_t quad(const char *text, size_t length, size_t at, unsigned octets[OCTETS])
{
    size_t i = at;
    for (int part = 0; part < OCTETS; part++) {
        size_t digits = shape_digits(text, length, i, 4);
        if (digits == 0 || digits > 3 || (digits > 1 && text[i] == '0'))
            return 0;
        octets[part] = 0;
        for (size_t k = 0; k < digits; k++)
            octets[part] = octets[part] * 10 + (unsigned)(text[i + k] - '0');
        if (octets[part] > 255)
            return 0;
        i += digits;
        if (part < OCTETS - 1 && shape_at(text, length, i++) != '.')
            return 0;
    }
    return i - at;
}

/* Return true when a quad ends right before ${end}, as the first of a range does. */
static bool quad_before(const char *text, size_t end)
{
    unsigned octets[OCTETS];
    size_t start = end;
    while (start > 0 && end - start < QUAD_LONGEST &&
        (shape_is_digit(text[start - 1]) || text[start - 1] == '.'))
        start--;
    if (start > 0 && text[start - 1] == '%' && escaped_ends(text, start + 2))
        start += 2;
    return start < end && quad(text, end, start, octets) == end - start;
}

/*
 * Return true after a product name. "Chrome/120.0.0.0" is a product and its version (RFC 9110,
 * section 10.1.5), but "broker-1/10.0.0.1" is a host and its address. Products begin with a
 * capital, or have a version that ends in zeroes.
 */
static bool after_product(const char *text, size_t at, const unsigned octets[OCTETS])
{
    size_t slash = escaped_slash_size(text, at);
    size_t start = at - slash;
    if (slash == 0 || start == 0 || !shape_is_word(text[start - 1]) || escaped_ends(text, start))
        return false;
    while (start > 0 && at - start < 40 && !escaped_ends(text, start) &&
        (shape_is_word(text[start - 1]) || text[start - 1] == '-' || text[start - 1] == '.'))
        start--;
    if (start > 0 && (escaped_slash_size(text, start) > 0 || text[start - 1] == ':'))
        return false; /* in the path of a URL */
    return (unsigned char)(text[start] - 'A') < 26 ||
        (octets[1] == 0 && octets[2] == 0 && octets[3] == 0);
}

size_t network_ipv4(const char *text, size_t length, size_t at)
{
    unsigned octets[OCTETS];
    unsigned next[OCTETS];
    size_t size = quad(text, length, at, octets);
    size_t end = at + size;
    if (size == 0 || shape_is_word(shape_at(text, length, end)))
        return 0;
    /* no host has 0/8, which is mostly a version; 255.255 begins network masks */
    if (octets[0] == 0 || (octets[0] == 255 && octets[1] == 255))
        return 0;
    if (joined_by(text, at, '.') || shape_joined_after(text, length, end, '+'))
        return 0;
    if (shape_joined_after(text, length, end, '.') &&
        (length - end < 13 || memcmp(text + end, ".in-addr.arpa", 13) != 0))
        return 0;
    if (joined_by(text, at, '-') && !quad_before(text, at - 1))
        return 0;
    if (shape_joined_after(text, length, end, '-') && quad(text, length, end + 1, next) == 0)
        return 0;
    if (after_product(text, at, octets) || context_of(text, at) == CONTEXT_VERSION)
        return 0;
    return size;
}

/*
 * Return true when more hexadecimal digits are before ${at}, with ${join} between; "mac:" has none.
 */
static bool hex_before(const char *text, size_t at, char join)
{
    size_t i = at - 1;
    if (at == 0 || text[i] != join)
        return false;
    if (i > 0 && text[i - 1] == join)
        return true;
    while (i > 0 && at - i < 6 && shape_is_hex(text[i - 1]))
        i--;
    return i < at - 1 && (i == 0 || !shape_is_word(text[i - 1]));
}

/*
 * Return true for an address in allocated space: global unicast, unique local, link-local,
 * multicast, NAT64, the loopback, IPv4. With "::" a few letters are enough: Ada::Bad.
 */
static bool allocated(const unsigned char address[BYTES_IPV6])
{
    static const unsigned char zeroes[BYTES_IPV6] = { 0 };
    if ((address[0] & 0xE0) == 0x20 || address[0] >= 0xFC)
        return true;
    if (address[0] == 0 && address[1] == 0x64 && address[2] == 0xFF && address[3] == 0x9B)
        return true;
    if (memcmp(address, zeroes, 10) != 0)
        return false;
    if (address[10] == 0xFF && address[11] == 0xFF)
        return true;
    return memcmp(address + 10, zeroes, 5) == 0 && address[15] == 1;
}

size_t network_ipv6(const char *text, size_t length, size_t at)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char address[BYTES_IPV6];
    size_t size = 0;
    size_t colons = 0;
    bool digit = false;
    bool pair = false;
    while (at + size < length && size < sizeof copy &&
        (shape_is_hex(text[at + size]) || text[at + size] == ':' || text[at + size] == '.')) {
        char c = text[at + size];
        colons += c == ':';
        digit |= shape_is_digit(c);
        pair |= c == ':' && size > 0 && text[at + size - 1] == ':';
        size++;
    }
    if (size == sizeof copy || colons < 2 || !digit || (!pair && colons < 6))
        return 0;
    if (hex_before(text, at, ':') || joined_by(text, at, '.'))
        return 0;
    /* the end of a sentence or clause */
    while (size > 0 &&
        (text[at + size - 1] == '.' ||
            (text[at + size - 1] == ':' && size > 1 && text[at + size - 2] != ':')))
        size--;
    if (shape_is_word(shape_at(text, length, at + size)))
        return 0;
    memcpy(copy, text + at, size);
    copy[size] = '\0';
    if (inet_pton(AF_INET6, copy, address) != 1 || (pair && !allocated(address)))
        return 0;
    return size;
}

/*
 * Return the length of ${groups} of ${width} hexadecimal digits with ${join} between them, and no
 * further group; or 0.
 */
static size_t groups_of(const char *text, size_t length, size_t at, size_t groups, size_t width,
    char join)
{
    size_t i = at;
    for (size_t group = 0; group < groups; group++) {
        for (size_t k = 0; k < width; k++)
            if (!shape_is_hex(shape_at(text, length, i++)))
                return 0;
        if (group < groups - 1 && shape_at(text, length, i++) != join)
            return 0;
    }
    if (shape_is_word(shape_at(text, length, i)) || shape_joined_after(text, length, i, join) ||
        hex_before(text, at, join))
        return 0;
    return i - at;
}

size_t network_mac(const char *text, size_t length, size_t at)
{
    char join = shape_at(text, length, at + 2);
    size_t size = 0;
    size_t letters = 0;
    size_t zeroes = 0;
    if (join == ':' || join == '-') {
        size = groups_of(text, length, at, 6, 2, join);
        if (size == 0)
            size = groups_of(text, length, at, 8, 2, join);
    } else if (shape_at(text, length, at + 4) == '.') {
        join = '.';
        size = groups_of(text, length, at, 3, 4, join);
    }
    for (size_t i = at; i < at + size; i++) {
        letters += shape_is_letter(text[i]);
        zeroes += text[i] == '0';
    }
    if (join != ':' && letters == 0) /* decimal digits with "-" and "." are dates and amounts */
        return 0;
    bool unset = letters == 0 && (zeroes == 12 || zeroes == 16); /* no address */
    return unset ? 0 : size;
}
