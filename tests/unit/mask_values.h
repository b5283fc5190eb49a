#ifndef MASK_VALUES_H
#define MASK_VALUES_H

/*
 * Random values for methods, JSON texts of less than TEXT bytes without a NUL, and other spellings
 * of them. The same random numbers give the same value.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "within.h"

enum { TEXT = 96 };

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static inline uint64_t mix(uint64_t number)
{
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31);
}

static inline uint64_t next(uint64_t *random)
{
    return mix(*random += 0x9e3779b97f4a7c15U);
}

static inline uint64_t hash(const char *text, size_t length)
{
    uint64_t sum = length;
    for (; length >= 8; text += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        sum = mix((sum ^ word) + 0x9e3779b97f4a7c15U);
    }
    for (; length > 0; text++, length--)
        sum = mix((sum ^ (unsigned char)*text) + 0x9e3779b97f4a7c15U);
    return sum;
}

static inline size_t print(char text[TEXT], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static inline size_t print(char text[TEXT], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, TEXT, format, arguments);
    va_end(arguments);
    assert_within(length, 1, TEXT - 1);
    return (size_t)length;
}

static inline size_t letters(uint64_t *random, const char *alphabet, size_t letter_count,
    char text[TEXT])
{
    size_t radix = strlen(alphabet);
    text[0] = '"';
    for (size_t i = 1; i <= letter_count; i++)
        text[i] = alphabet[next(random) % radix];
    text[letter_count + 1] = '"';
    return letter_count + 2;
}

static inline size_t make_ipv4(uint64_t *random, char text[TEXT])
{
    uint64_t bits = next(random);
    return print(text, "\"%u.%u.%u.%u\"", (unsigned)(bits & 255), (unsigned)(bits >> 8 & 255),
        (unsigned)(bits >> 16 & 255), (unsigned)(bits >> 24 & 255));
}

static inline size_t make_20_of_36(uint64_t *random, char text[TEXT])
{
    return letters(random, "0123456789abcdefghijklmnopqrstuvwxyz", 20, text);
}

/* Make it in the spelling of RFC 5952, which unmasking gives: no group is zero. */
static inline size_t make_ipv6(uint64_t *random, char text[TEXT])
{
    unsigned groups[8];
    for (size_t i = 0; i < 8; i++)
        groups[i] = (unsigned)(1 + next(random) % 0xffff);
    return print(text, "\"%x:%x:%x:%x:%x:%x:%x:%x\"", groups[0], groups[1], groups[2], groups[3],
        groups[4], groups[5], groups[6], groups[7]);
}

static inline size_t make_address(uint64_t *random, char text[TEXT])
{
    return next(random) % 2 == 0 ? make_ipv4(random, text) : make_ipv6(random, text);
}

static inline size_t make_device(uint64_t *random, char text[TEXT])
{
    uint64_t bits = next(random) % 1000000000;
    return print(text, "\"%03u-%02u-%04u\"", (unsigned)(bits / 1000000),
        (unsigned)(bits / 10000 % 100), (unsigned)(bits % 10000));
}

static inline size_t make_integer(uint64_t *random, char text[TEXT])
{
    return print(text, "%llu", (unsigned long long)(1000000000 + next(random) % 9000000000U));
}

static inline size_t make_20_of_62(uint64_t *random, char text[TEXT])
{
    return letters(random, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 20,
        text);
}

static inline size_t make_40_digits(uint64_t *random, char text[TEXT])
{
    return letters(random, "0123456789", 40, text);
}

static inline size_t make_16_of_hex(uint64_t *random, char text[TEXT])
{
    return letters(random, "0123456789abcdef", 16, text);
}

static inline size_t make_phone(uint64_t *random, char text[TEXT])
{
    static const unsigned countries[] = { 44, 48, 49, 33 };
    uint64_t bits = next(random);
    return print(text, "\"+%u %03u %03u %03u\"", countries[bits & 3],
        (unsigned)(bits >> 2 & 1023) % 1000, (unsigned)(bits >> 12 & 1023) % 1000,
        (unsigned)(bits >> 22 & 1023) % 1000);
}

/* Make every variant, and mostly versions in use. */
static inline size_t make_uuid(uint64_t *random, char text[TEXT])
{
    uint64_t high = next(random);
    uint64_t low = next(random);
    if (next(random) % 4 != 0) {
        high = (high & ~UINT64_C(0xf000)) | (next(random) % 8 + 1) << 12;
        low = (low & ~(UINT64_C(3) << 62)) | UINT64_C(2) << 62;
    }
    return print(text, "\"%08x-%04x-%04x-%04x-%012llx\"", (unsigned)(high >> 32),
        (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xffff), (unsigned)(low >> 48),
        (unsigned long long)(low & 0xffffffffffff));
}

static inline size_t make_mail(uint64_t *random, char text[TEXT])
{
    static const char *const domains[] = { "gmail.com", "example.org", "xn--bcher-kva.example" };
    uint64_t bits = next(random);
    return print(text, "\"%s%llu@%s\"", bits & 1 ? "ann." : "bob+", (unsigned long long)bits >> 24,
        domains[bits % 3]);
}

static inline size_t make_date(uint64_t *random, char text[TEXT])
{
    uint64_t bits = next(random);
    unsigned year = 1000 + (unsigned)(bits % 8000);
    unsigned month = 1 + (unsigned)(bits >> 16) % 12;
    unsigned day = 1 + (unsigned)(bits >> 24) % 28;
    if (next(random) % 2 == 0)
        return print(text, "\"%04u-%02u-%02u\"", year, month, day);
    return print(text, "\"%04u-%02u-%02uT%02u:%02u:%02u.%03uZ\"", year, month, day,
        (unsigned)(bits >> 32 & 255) % 24, (unsigned)(bits >> 40 & 255) % 60,
        (unsigned)(bits >> 48 & 255) % 60, (unsigned)(bits >> 54) % 1000);
}

static inline size_t make_decimal(uint64_t *random, char text[TEXT])
{
    uint64_t bits = next(random);
    return print(text, "%s%u.%02u", bits & 1 ? "-" : "", (unsigned)(bits >> 1) % 100000,
        (unsigned)(bits >> 40) % 100);
}

/* Make any value of a producer: short, so that some repeat, or long; addresses, ids, numbers. */
static inline size_t make_anything(uint64_t *random, char text[TEXT])
{
    static const char printable[] =
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
        "abcdefghijklmnopqrstuvwxyz{|}~";
    switch (next(random) % 8) {
    case 0:
        return make_address(random, text);
    case 1:
        return make_device(random, text);
    case 2:
        return print(text, "%lld", (long long)next(random));
    case 3:
        return print(text, "\"%u\"", (unsigned)(next(random) % 1000000));
    case 4:
        return print(text, "%u", (unsigned)(next(random) % 1000000));
    case 5:
        return print(text, "{\"a\":[%u,\"%u\"]}", (unsigned)next(random), (unsigned)next(random));
    default:
        return letters(random, printable, 1 + next(random) % 48, text);
    }
}

/* ---- other spellings ------------------------------------------------------------------------- */

/* Respell an address from here: IPv4 within IPv6, and IPv6 with capitals and leading zeroes. */
static inline size_t respell_address(uint64_t *random, char text[TEXT], size_t length)
{
    char plain[TEXT];
    unsigned group[8];
    (void)random;
    memcpy(plain, text, length);
    plain[length] = '\0';
    if (memchr(plain, '.', length) != NULL)
        return print(text, "\"::FFFF:%s", plain + 1);
    assert_int_equal(sscanf(plain, "\"%x:%x:%x:%x:%x:%x:%x:%x", &group[0], &group[1], &group[2],
                         &group[3], &group[4], &group[5], &group[6], &group[7]),
        8);
    return print(text, "\"%04X:%04X:%04X:%04X:%04X:%04X:%04X:%04X\"", group[0], group[1], group[2],
        group[3], group[4], group[5], group[6], group[7]);
}

/* Change some ASCII letters to capitals. */
static inline size_t respell_case(uint64_t *random, char text[TEXT], size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'a' && text[i] <= 'z' && next(random) % 2 == 0)
            text[i] = (char)(text[i] - 'a' + 'A');
    return length;
}

/* Add blanks at both ends of a string. */
static inline size_t respell_blanks(uint64_t *random, char text[TEXT], size_t length)
{
    static const char *const blanks[] = { "", " ", "\\t", "\\r\\n", " \\u000b", "\\f  " };
    char plain[TEXT];
    memcpy(plain, text + 1, length - 2);
    plain[length - 2] = '\0';
    const char *front = blanks[next(random) % 6];
    return print(text, "\"%s%s%s\"", front, plain, blanks[next(random) % 6]);
}

#endif
