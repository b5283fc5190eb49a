/* Hexadecimal for the tests of lib/crypto. */
#ifndef CRYPTO_HEX_H
#define CRYPTO_HEX_H

#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static inline int hex_digit(char letter)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = letter == '\0' ? NULL : strchr(digits, letter);

    return found == NULL ? -1 : (int)(found - digits);
}

/* Decode all of ${hex} ("-" is empty) into ${out} of ${size} bytes; fail the test on an error. */
static inline size_t hex_decode(const char *hex, unsigned char *out, size_t size)
{
    size_t length = strcmp(hex, "-") == 0 ? 0 : strlen(hex);

    assert_int_equal(length % 2, 0);
    assert_true(length / 2 <= size);
    for (size_t i = 0; i < length / 2; i++) {
        int high = hex_digit(hex[2 * i]);
        int low = hex_digit(hex[2 * i + 1]);

        assert_true(high >= 0 && low >= 0);
        out[i] = (unsigned char)(high * 16 + low);
    }
    return length / 2;
}

static inline void assert_hex(const unsigned char *bytes, size_t length, const char *hex)
{
    unsigned char expected[1024];

    assert_int_equal(hex_decode(hex, expected, sizeof(expected)), length);
    if (length > 0)
        assert_memory_equal(bytes, expected, length);
}

#endif
