#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "crypto/base64.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Two url-safe characters for each value of twelve bits; values in records use them. */
#define PAIR(a, b) \
    {              \
        a, b       \
    }
#define PAIRS_4(a, b, c, d, e) PAIR(a, b), PAIR(a, c), PAIR(a, d), PAIR(a, e)
#define PAIRS_16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) \
    PAIRS_4(a, b, c, d, e), PAIRS_4(a, f, g, h, i), PAIRS_4(a, j, k, l, m), PAIRS_4(a, n, o, p, q)
#define PAIRS(a)                                                                                 \
    PAIRS_16(a, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P'), \
        PAIRS_16(a, 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'a', 'b', 'c', 'd', 'e',   \
            'f'),                                                                                \
        PAIRS_16(a, 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u',   \
            'v'),                                                                                \
        PAIRS_16(a, 'w', 'x', 'y', 'z', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-',   \
            '_')
#define ROWS(a, b, c, d) PAIRS(a), PAIRS(b), PAIRS(c), PAIRS(d)
static const char url_pairs[4096][2] = { ROWS('A', 'B', 'C', 'D'), ROWS('E', 'F', 'G', 'H'),
    ROWS('I', 'J', 'K', 'L'), ROWS('M', 'N', 'O', 'P'), ROWS('Q', 'R', 'S', 'T'),
    ROWS('U', 'V', 'W', 'X'), ROWS('Y', 'Z', 'a', 'b'), ROWS('c', 'd', 'e', 'f'),
    ROWS('g', 'h', 'i', 'j'), ROWS('k', 'l', 'm', 'n'), ROWS('o', 'p', 'q', 'r'),
    ROWS('s', 't', 'u', 'v'), ROWS('w', 'x', 'y', 'z'), ROWS('0', '1', '2', '3'),
    ROWS('4', '5', '6', '7'), ROWS('8', '9', '-', '_') };

/* The values of the characters from '+' to 'z', NO_VALUE for other characters. */
enum { VALUES_FIRST = '+', VALUES_COUNT = 80, NO_VALUE = 64 };

static const unsigned char standard_values[VALUES_COUNT] = { 62, 64, 64, 64, 63, 52, 53, 54, 55, 56,
    57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64, 64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
    14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64, 64, 26, 27, 28, 29, 30, 31,
    32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51 };

static const unsigned char url_values[VALUES_COUNT] = { 64, 64, 62, 64, 64, 52, 53, 54, 55, 56, 57,
    58, 59, 60, 61, 64, 64, 64, 64, 64, 64, 64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 63, 64, 26, 27, 28, 29, 30, 31, 32,
    33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51 };

static size_t encode(const unsigned char *in, size_t length, char *out, const char *alphabet,
    bool padded)
{
    char *next = out;
    uint32_t bits;
    for (; length >= 3; length -= 3, in += 3, next += 4) {
        bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        next[0] = alphabet[bits >> 18];
        next[1] = alphabet[bits >> 12 & 63];
        next[2] = alphabet[bits >> 6 & 63];
        next[3] = alphabet[bits & 63];
    }
    if (length > 0) {
        bits = (uint32_t)in[0] << 16 | (length == 2 ? (uint32_t)in[1] << 8 : 0);
        *next++ = alphabet[bits >> 18];
        *next++ = alphabet[bits >> 12 & 63];
        if (length == 2)
            *next++ = alphabet[bits >> 6 & 63];
        else if (padded)
            *next++ = '=';
        if (padded)
            *next++ = '=';
    }
    return (size_t)(next - out);
}

size_t base64_encode(const void *data, size_t length, char *out)
{
    return encode(data, length, out, standard, true);
}

size_t base64_encode_url(const void *data, size_t length, char *out)
{
    const unsigned char *in = data;
    char *next = out;
    /* Write six of the eight bytes read. */
    for (; length >= sizeof(uint64_t); length -= 6, in += 6, next += 8) {
        uint64_t bits;

        memcpy(&bits, in, sizeof bits);
        bits = be64toh(bits);
        memcpy(next, url_pairs[bits >> 52], 2);
        memcpy(next + 2, url_pairs[bits >> 40 & 4095], 2);
        memcpy(next + 4, url_pairs[bits >> 28 & 4095], 2);
        memcpy(next + 6, url_pairs[bits >> 16 & 4095], 2);
    }
    return (size_t)(next - out) + encode(in, length, next, url, false);
}

static uint32_t value_of(const unsigned char *values, char character)
{
    unsigned index = (unsigned)(unsigned char)character - VALUES_FIRST;
    return index < VALUES_COUNT ? values[index] : NO_VALUE;
}

/* Decode characters without padding; the unused bits of the last one must be zero. */
static int decode(const char *text, size_t length, unsigned char *out, size_t *out_length,
    const unsigned char *values)
{
    unsigned char *next = out;
    uint32_t bits = 0;
    uint32_t seen = 0;
    if (length % 4 == 1)
        return -1;
    for (; length >= 4; length -= 4, text += 4) {
        uint32_t a = value_of(values, text[0]);
        uint32_t b = value_of(values, text[1]);
        uint32_t c = value_of(values, text[2]);
        uint32_t d = value_of(values, text[3]);

        seen |= a | b | c | d;
        bits = a << 18 | b << 12 | c << 6 | d;
        *next++ = (unsigned char)(bits >> 16);
        *next++ = (unsigned char)(bits >> 8);
        *next++ = (unsigned char)bits;
    }
    if (length > 0) {
        uint32_t a = value_of(values, text[0]);
        uint32_t b = value_of(values, text[1]);
        uint32_t c = length == 3 ? value_of(values, text[2]) : 0;

        seen |= a | b | c;
        bits = a << 18 | b << 12 | c << 6;
        *next++ = (unsigned char)(bits >> 16);
        if (length == 3)
            *next++ = (unsigned char)(bits >> 8);
        /* The bits below the bytes written. */
        if ((bits & (length == 3 ? 0xff : 0xffff)) != 0)
            seen = NO_VALUE;
    }
    if ((seen & NO_VALUE) != 0) {
        explicit_bzero(out, (size_t)(next - out));
        return -1;
    }
    *out_length = (size_t)(next - out);
    return 0;
}

/*
 * Return the length of a text of whole groups of four without its padding. That has at most two
 * characters: a third '=' is not a character of the alphabet.
 */
static size_t without_padding(const char *text, size_t length)
{
    if (length == 0 || text[length - 1] != '=')
        return length;
    return length - (text[length - 2] == '=' ? 2 : 1);
}

int base64_decode(const char *text, size_t length, unsigned char *out, size_t *out_length)
{
    if (length % 4 != 0)
        return -1;
    return decode(text, without_padding(text, length), out, out_length, standard_values);
}

int base64_decode_url(const char *text, size_t length, unsigned char *out, size_t *out_length)
{
    return decode(text, length, out, out_length, url_values);
}

int base64_decode_any(const char *text, size_t length, unsigned char *out, size_t *out_length)
{
    bool is_url = memchr(text, '-', length) != NULL || memchr(text, '_', length) != NULL;
    size_t letters = length % 4 == 0 ? without_padding(text, length) : length;
    return decode(text, letters, out, out_length, is_url ? url_values : standard_values);
}
