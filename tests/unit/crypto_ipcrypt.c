/* ipcrypt against the vectors of its draft, and against its own inverse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "crypto/ipcrypt.h"
#include "crypto_hex.h"

static const unsigned char key[] = "0123456789abcdefFEDCBA9876543210";

/* Parse the 16 bytes of an address from text. */
static void parse(const char *text, unsigned char address[IPCRYPT_ADDRESS])
{
    if (strchr(text, ':') != NULL) {
        assert_int_equal(inet_pton(AF_INET6, text, address), 1);
        return;
    }
    memset(address, 0, 10);
    memset(address + 10, 0xff, 2);
    assert_int_equal(inet_pton(AF_INET, text, address + 12), 1);
}

/* Lines of tests/vectors/ipcrypt.txt; the program runs in the root of the source. */
static void agrees_with_the_vectors(void **state)
{
    (void)state;
    FILE *file = fopen("tests/vectors/ipcrypt.txt", "r");
    char line[256];
    unsigned count = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        char variant[16], key_hex[72], clear_text[48], sealed_text[48];
        unsigned char bytes[32], clear[16], sealed[16], out[16];

        if (line[0] == '#' || line[0] == '\n')
            continue;
        assert_int_equal(
            sscanf(line, "%15s %71s %47s %47s", variant, key_hex, clear_text, sealed_text), 4);
        bool prefix = strcmp(variant, "pfx") == 0;
        assert_int_equal(hex_decode(key_hex, bytes, sizeof(bytes)), prefix ? 32 : 16);
        struct ipcrypt *ipcrypt =
            ipcrypt_new(prefix ? IPCRYPT_PREFIX : IPCRYPT_DETERMINISTIC, bytes);
        assert_non_null(ipcrypt);
        parse(clear_text, clear);
        parse(sealed_text, sealed);
        assert_int_equal(ipcrypt_encrypt(ipcrypt, clear, out), 0);
        assert_memory_equal(out, sealed, sizeof(out));
        assert_int_equal(ipcrypt_decrypt(ipcrypt, out, out), 0);
        assert_memory_equal(out, clear, sizeof(out));
        ipcrypt_free(ipcrypt);
        count++;
    }
    fclose(file);
    assert_int_equal(count, 21);
    assert_int_equal(ipcrypt_self_test(), 0);
}

static uint64_t random_state = 88172645463325252U;

static void random_address(unsigned char address[IPCRYPT_ADDRESS], bool ipv4)
{
    for (int i = 0; i < 2; i++) {
        random_state ^= random_state << 13;
        random_state ^= random_state >> 7;
        random_state ^= random_state << 17;
        memcpy(address + 8 * i, &random_state, 8);
    }
    if (ipv4) {
        memset(address, 0, 10);
        memset(address + 10, 0xff, 2);
    }
}

static void comes_back(void **state)
{
    (void)state;
    for (int variant = IPCRYPT_DETERMINISTIC; variant <= IPCRYPT_PREFIX; variant++) {
        struct ipcrypt *ipcrypt = ipcrypt_new((enum ipcrypt_variant)variant, key);

        assert_non_null(ipcrypt);
        for (int i = 0; i < 2000; i++) {
            unsigned char clear[16], sealed[16];

            random_address(clear, i % 2 == 0);
            assert_int_equal(ipcrypt_encrypt(ipcrypt, clear, sealed), 0);
            assert_memory_not_equal(sealed, clear, sizeof(clear));
            if (variant == IPCRYPT_PREFIX)
                assert_int_equal(ipcrypt_is_ipv4(sealed), ipcrypt_is_ipv4(clear));
            assert_int_equal(ipcrypt_decrypt(ipcrypt, sealed, sealed), 0);
            assert_memory_equal(sealed, clear, sizeof(clear));
            /* in place */
            memcpy(sealed, clear, sizeof(clear));
            assert_int_equal(ipcrypt_encrypt(ipcrypt, sealed, sealed), 0);
            assert_int_equal(ipcrypt_decrypt(ipcrypt, sealed, sealed), 0);
            assert_memory_equal(sealed, clear, sizeof(clear));
        }
        ipcrypt_free(ipcrypt);
    }
}

static size_t common_bits(const unsigned char *a, const unsigned char *b)
{
    size_t i = 0;

    while (i < 128 && ((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1) == 0)
        i++;
    return i;
}

/* Two addresses that first differ in bit n have outputs that first differ in bit n. */
static void keeps_prefixes(void **state)
{
    (void)state;
    struct ipcrypt *ipcrypt = ipcrypt_new(IPCRYPT_PREFIX, key);

    assert_non_null(ipcrypt);
    for (size_t bit = 0; bit < 128; bit++)
        for (int ipv4 = 0; ipv4 <= (bit >= 96 ? 1 : 0); ipv4++) {
            unsigned char a[16], b[16];

            random_address(a, ipv4 != 0);
            random_address(b, false);
            for (size_t i = 0; i < 128; i++) {
                unsigned char mask = (unsigned char)(0x80 >> i % 8);
                unsigned char own = (unsigned char)(a[i / 8] & mask);

                if (i < bit)
                    b[i / 8] = (unsigned char)((b[i / 8] & ~mask) | own);
                else if (i == bit)
                    b[i / 8] = (unsigned char)((b[i / 8] & ~mask) | (own ^ mask));
            }
            assert_int_equal(common_bits(a, b), bit);
            assert_int_equal(ipcrypt_encrypt(ipcrypt, a, a), 0);
            assert_int_equal(ipcrypt_encrypt(ipcrypt, b, b), 0);
            assert_int_equal(common_bits(a, b), bit);
        }
    ipcrypt_free(ipcrypt);
}

/* Under equal halves the prefix variant would leave every address unchanged. */
static void refuses_equal_halves(void **state)
{
    (void)state;
    static const unsigned char twice[] = "0123456789abcdef0123456789abcdef";

    assert_null(ipcrypt_new(IPCRYPT_PREFIX, twice));
    struct ipcrypt *ipcrypt = ipcrypt_new(IPCRYPT_DETERMINISTIC, twice);
    assert_non_null(ipcrypt);
    ipcrypt_free(ipcrypt);
    ipcrypt_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_vectors),
        cmocka_unit_test(comes_back),
        cmocka_unit_test(keeps_prefixes),
        cmocka_unit_test(refuses_equal_halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
