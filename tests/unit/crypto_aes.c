#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/aes.h"
#include "crypto_hex.h"

static struct aes *aes_from(const char *key_hex, enum aes_direction direction)
{
    unsigned char key[32];
    size_t length = hex_decode(key_hex, key, sizeof(key));
    struct aes *aes = aes_new(key, length, direction);

    assert_non_null(aes);
    return aes;
}

/* FIPS 197, appendix C. */
static void ciphers_as_fips_197(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *sealed;
    } cases[] = {
        { "000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a" },
        { "000102030405060708090a0b0c0d0e0f1011121314151617", "dda97ca4864cdfe06eaf70a0ec0d7191" },
        { "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "8ea2b7ca516745bfeafc49904b496089" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct aes *forward = aes_from(cases[i].key, AES_FORWARD);
        struct aes *inverse = aes_from(cases[i].key, AES_INVERSE);
        unsigned char block[AES_BLOCK];

        hex_decode("00112233445566778899aabbccddeeff", block, sizeof(block));
        assert_int_equal(aes_blocks(forward, block, block, 1), 0);
        assert_hex(block, sizeof(block), cases[i].sealed);
        assert_int_equal(aes_blocks(inverse, block, block, 1), 0);
        assert_hex(block, sizeof(block), "00112233445566778899aabbccddeeff");
        aes_free(forward);
        aes_free(inverse);
    }
}

/* SP 800-38A F.2.1: a CBC-MAC is the last block of CBC, here with a vector to start from. */
static void chains_as_sp_800_38a(void **state)
{
    (void)state;
    static const char *const after[] = { "7649abac8119b246cee98e9b12e9197d",
        "5086cb9b507219ee95db113a917678b2", "73bed6b8e3c1743b7116e69e22229516",
        "3ff1caa1681fac09120eca307586e1a7" };
    struct aes *aes = aes_from("2b7e151628aed2a6abf7158809cf4f3c", AES_FORWARD);
    unsigned char blocks[4 * AES_BLOCK];
    unsigned char chain[AES_BLOCK];

    hex_decode("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
               "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
        blocks, sizeof(blocks));
    for (size_t cut = 0; cut <= 4; cut++) {
        hex_decode("000102030405060708090a0b0c0d0e0f", chain, sizeof(chain));
        assert_int_equal(aes_chain(aes, chain, blocks, cut), 0);
        if (cut > 0)
            assert_hex(chain, sizeof(chain), after[cut - 1]);
        assert_int_equal(aes_chain(aes, chain, blocks + cut * AES_BLOCK, 4 - cut), 0);
        assert_hex(chain, sizeof(chain), after[3]);
    }
    aes_free(aes);
}

/* Chains of many lengths, in turn on one object, against single blocks. */
static void chains_of_every_length(void **state)
{
    (void)state;
    enum { MOST = 70 };
    static const char *const keys[] = { "000102030405060708090a0b0c0d0e0f",
        "000102030405060708090a0b0c0d0e0f1011121314151617",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" };
    unsigned char blocks[MOST * AES_BLOCK];

    for (size_t i = 0; i < sizeof(blocks); i++)
        blocks[i] = (unsigned char)(i * i / 7);
    for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
        struct aes *aes = aes_from(keys[k], AES_FORWARD);

        for (size_t count = 0; count <= MOST; count++) {
            unsigned char chain[AES_BLOCK] = { (unsigned char)count };
            unsigned char wanted[AES_BLOCK] = { (unsigned char)count };

            for (size_t i = 0; i < count; i++) {
                aes_xor(wanted, wanted, blocks + i * AES_BLOCK);
                assert_int_equal(aes_blocks(aes, wanted, wanted, 1), 0);
            }
            assert_int_equal(aes_chain(aes, chain, blocks, count), 0);
            assert_memory_equal(chain, wanted, AES_BLOCK);
        }
        aes_free(aes);
    }
}

/* More blocks than one call of OpenSSL gets. */
static void ciphers_many_blocks(void **state)
{
    (void)state;
    enum { COUNT = (1 << 20) + 3 };
    struct aes *forward = aes_from("000102030405060708090a0b0c0d0e0f", AES_FORWARD);
    struct aes *inverse = aes_from("000102030405060708090a0b0c0d0e0f", AES_INVERSE);
    unsigned char *blocks = calloc(COUNT, AES_BLOCK);
    unsigned char *sealed = calloc(COUNT + 1, AES_BLOCK);

    if (blocks == NULL || sealed == NULL) {
        fail();
        return;
    }
    for (size_t i = 0; i < COUNT; i++)
        memcpy(blocks + i * AES_BLOCK, &i, sizeof(i));
    assert_int_equal(aes_blocks(forward, blocks, sealed, COUNT), 0);
    for (size_t i = 0; i < COUNT; i += COUNT / 7) {
        unsigned char alone[AES_BLOCK];

        assert_int_equal(aes_blocks(forward, blocks + i * AES_BLOCK, alone, 1), 0);
        assert_memory_equal(alone, sealed + i * AES_BLOCK, AES_BLOCK);
    }
    for (size_t i = 0; i < AES_BLOCK; i++)
        assert_int_equal(sealed[(size_t)COUNT * AES_BLOCK + i], 0);
    assert_int_equal(aes_blocks(inverse, sealed, sealed, COUNT), 0);
    assert_memory_equal(sealed, blocks, (size_t)COUNT * AES_BLOCK);
    assert_int_equal(aes_blocks(forward, blocks, sealed, 0), 0);
    free(blocks);
    free(sealed);
    aes_free(forward);
    aes_free(inverse);
}

static void refuses_other_key_lengths(void **state)
{
    (void)state;
    static const unsigned char key[64];

    for (size_t length = 0; length <= sizeof(key); length++) {
        struct aes *aes = aes_new(key, length, AES_FORWARD);

        assert_int_equal(aes != NULL, length == 16 || length == 24 || length == 32);
        aes_free(aes);
    }
    aes_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ciphers_as_fips_197),
        cmocka_unit_test(chains_as_sp_800_38a),
        cmocka_unit_test(chains_of_every_length),
        cmocka_unit_test(ciphers_many_blocks),
        cmocka_unit_test(refuses_other_key_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
