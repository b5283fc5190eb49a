#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/siv.h"
#include "crypto_hex.h"

static const char a1_key[] = "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
static const char a1_ad[] = "101112131415161718191a1b1c1d1e1f2021222324252627";
static const char a1_plain[] = "112233445566778899aabbccddee";
static const char a1_sealed[] = "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c";

static struct siv *siv_from(const char *key_hex, const char *ad_hex)
{
    unsigned char bytes[256];
    size_t length = hex_decode(key_hex, bytes, sizeof(bytes));
    struct siv *siv = siv_new(bytes, length);

    assert_non_null(siv);
    if (ad_hex != NULL) {
        length = hex_decode(ad_hex, bytes, sizeof(bytes));
        assert_int_equal(siv_add_ad(siv, bytes, length), 0);
    }
    return siv;
}

static void seals_as_rfc_5297_a1(void **state)
{
    (void)state;
    struct siv *siv = siv_from(a1_key, a1_ad);
    unsigned char plain[64];
    unsigned char out[64];
    size_t length = hex_decode(a1_plain, plain, sizeof(plain));

    for (int again = 0; again < 3; again++) {
        assert_int_equal(siv_seal(siv, plain, length, out), 0);
        assert_hex(out, SIV_TAG + length, a1_sealed);
        assert_int_equal(siv_open(siv, out, SIV_TAG + length, out + 32), 0);
        assert_hex(out + 32, length, a1_plain);
    }
    siv_free(siv);
}

static void seals_as_rfc_5297_a2(void **state)
{
    (void)state;
    static const char *const ads[] = {
        "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
        "102030405060708090a0",
        "09f911029d74e35bd84156c5635688c0",
    };
    static const char plain_hex[] = "7468697320697320736f6d6520706c61696e7465787420746f20656e637279"
                                    "7074207573696e67205349562d414553";
    struct siv *siv =
        siv_from("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f", NULL);
    unsigned char bytes[128];
    unsigned char out[128];
    size_t length;

    for (size_t i = 0; i < 3; i++) {
        length = hex_decode(ads[i], bytes, sizeof(bytes));
        assert_int_equal(siv_add_ad(siv, bytes, length), 0);
    }
    length = hex_decode(plain_hex, bytes, sizeof(bytes));
    assert_int_equal(siv_seal(siv, bytes, length, out), 0);
    assert_hex(out, SIV_TAG + length,
        "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba"
        "8af829ea64ad544a272e9c485b62a3fd5c0d");
    siv_free(siv);
}

/* Lines of tests/vectors/aes_siv.txt; the program runs in the root of the source. */
static void agrees_with_wycheproof(void **state)
{
    (void)state;
    FILE *file = fopen("tests/vectors/aes_siv.txt", "r");
    char line[4096];
    char field[6][1024];
    size_t valid = 0;
    size_t invalid = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        unsigned char plain[256];
        unsigned char sealed[256];
        unsigned char out[256];

        if (line[0] == '#' || line[0] == '\n')
            continue;
        assert_int_equal(sscanf(line, "%1023s %1023s %1023s %1023s %1023s %1023s", field[0],
                             field[1], field[2], field[3], field[4], field[5]),
            6);
        struct siv *siv = siv_from(field[1], field[2]);
        size_t plain_length = hex_decode(field[3], plain, sizeof(plain));
        size_t length = hex_decode(field[4], sealed, sizeof(sealed));
        int opened = siv_open(siv, sealed, length, out);

        assert_int_equal(siv_seal(siv, plain, plain_length, out + 128), 0);
        if (strcmp(field[5], "valid") == 0) {
            valid++;
            assert_int_equal(opened, 0);
            assert_int_equal(length, SIV_TAG + plain_length);
            assert_memory_equal(out, plain, plain_length);
            assert_memory_equal(out + 128, sealed, length);
        } else {
            invalid++;
            assert_string_equal(field[5], "invalid");
            assert_int_equal(opened, -1);
        }
        siv_free(siv);
    }
    fclose(file);
    assert_int_equal(valid, 53);
    assert_int_equal(invalid, 15);
}

static void tells_empty_strings_from_none(void **state)
{
    (void)state;
    static const char *const none[] = { NULL };
    static const char *const empty[] = { "", NULL };
    static const char *const two_empty[] = { "", "", NULL };
    static const char *const joined[] = { "ab", NULL };
    static const char *const split[] = { "a", "b", NULL };
    static const char *const swapped[] = { "b", "a", NULL };
    static const char *const *const lists[] = { none, empty, two_empty, joined, split, swapped };
    enum { LISTS = sizeof(lists) / sizeof(*lists) };
    unsigned char out[LISTS][SIV_TAG];

    for (size_t i = 0; i < LISTS; i++) {
        struct siv *siv = siv_from(a1_key, NULL);
        for (const char *const *ad = lists[i]; *ad != NULL; ad++)
            assert_int_equal(siv_add_ad(siv, *ad, strlen(*ad)), 0);
        assert_int_equal(siv_seal(siv, NULL, 0, out[i]), 0);
        assert_int_equal(siv_open(siv, out[i], SIV_TAG, NULL), 0);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(out[i], out[j], SIV_TAG);
        siv_free(siv);
    }
}

static void takes_126_strings_and_no_more(void **state)
{
    (void)state;
    struct siv *siv = siv_from(a1_key, NULL);
    unsigned char before[SIV_TAG];
    unsigned char after[SIV_TAG];

    for (int i = 0; i < SIV_MAX_AD; i++)
        assert_int_equal(siv_add_ad(siv, "x", 1), 0);
    assert_int_equal(siv_seal(siv, "", 0, before), 0);
    assert_int_equal(siv_add_ad(siv, "x", 1), -1);
    assert_int_equal(siv_seal(siv, "", 0, after), 0);
    assert_memory_equal(before, after, SIV_TAG);
    siv_free(siv);
}

static void refuses_other_key_lengths(void **state)
{
    (void)state;
    static const unsigned char key[128];

    for (size_t length = 0; length <= sizeof(key); length++) {
        struct siv *siv = siv_new(key, length);

        assert_int_equal(siv != NULL, length == 32 || length == 48 || length == 64);
        siv_free(siv);
    }
    siv_free(NULL);
}

/* Each other value of each byte, and each shorter or longer text, of plaintexts around a block. */
static void refuses_tampered_bytes(void **state)
{
    (void)state;
    static const size_t lengths[] = { 0, 1, 11, 15, 16, 17, 31, 32, 33, 48 };
    struct siv *siv = siv_from(a1_key, a1_ad);
    unsigned char plain[64];
    unsigned char sealed[96];
    unsigned char out[96];

    for (size_t i = 0; i < sizeof(plain); i++)
        plain[i] = (unsigned char)(i * 7 + 1);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        size_t length = SIV_TAG + lengths[i];

        assert_int_equal(siv_seal(siv, plain, lengths[i], sealed), 0);
        for (size_t at = 0; at < length; at++) {
            for (unsigned int change = 1; change < 256; change++) {
                sealed[at] ^= (unsigned char)change;
                memset(out, 0xee, sizeof(out));
                assert_int_equal(siv_open(siv, sealed, length, out), -1);
                for (size_t j = 0; j < lengths[i]; j++)
                    assert_int_equal(out[j], 0);
                assert_int_equal(out[lengths[i]], 0xee);
                sealed[at] ^= (unsigned char)change;
            }
        }
        for (size_t shorter = 0; shorter < length; shorter++)
            assert_int_equal(siv_open(siv, sealed, shorter, out), -1);
        sealed[length] = 0;
        assert_int_equal(siv_open(siv, sealed, length + 1, out), -1);
        assert_int_equal(siv_open(siv, sealed, length, out), 0);
    }
    siv_free(siv);
}

static void refuses_other_keys_and_data(void **state)
{
    (void)state;
    struct siv *siv = siv_from(a1_key, a1_ad);
    struct siv *other_ad = siv_from(a1_key, "101112131415161718191a1b1c1d1e1f2021222324252628");
    struct siv *other_key =
        siv_from("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfefe", a1_ad);
    unsigned char sealed[64];
    unsigned char out[64];

    assert_int_equal(siv_seal(siv, "593-47-5928", 11, sealed), 0);
    assert_int_equal(siv_open(siv, sealed, SIV_TAG + 11, out), 0);
    assert_int_equal(siv_open(other_ad, sealed, SIV_TAG + 11, out), -1);
    assert_int_equal(siv_open(other_key, sealed, SIV_TAG + 11, out), -1);
    siv_free(siv);
    siv_free(other_ad);
    siv_free(other_key);
}

static void works_in_place(void **state)
{
    (void)state;
    struct siv *siv = siv_from(a1_key, a1_ad);
    unsigned char plain[5000];
    unsigned char apart[SIV_TAG + sizeof(plain)];
    unsigned char inside[SIV_TAG + sizeof(plain)];

    for (size_t i = 0; i < sizeof(plain); i++)
        plain[i] = (unsigned char)(i * i);
    for (size_t length = 0; length <= sizeof(plain); length += length < 70 ? 1 : 493) {
        memcpy(inside + SIV_TAG, plain, length);
        assert_int_equal(siv_seal(siv, plain, length, apart), 0);
        assert_int_equal(siv_seal(siv, inside + SIV_TAG, length, inside), 0);
        assert_memory_equal(inside, apart, SIV_TAG + length);
        assert_int_equal(siv_open(siv, inside, SIV_TAG + length, inside + SIV_TAG), 0);
        if (length > 0)
            assert_memory_equal(inside + SIV_TAG, plain, length);
    }
    siv_free(siv);
}

/* A plaintext that is too long fails before any byte of it is read. */
static void refuses_too_long(void **state)
{
    (void)state;
    struct siv *siv = siv_from(a1_key, a1_ad);
    unsigned char out[SIV_TAG];

    assert_int_equal(siv_seal(siv, "", SIV_MAX_PLAIN + 1, out), -1);
    assert_int_equal(siv_open(siv, out, SIV_TAG + SIV_MAX_PLAIN + 1, out), -1);
    siv_free(siv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_as_rfc_5297_a1),
        cmocka_unit_test(seals_as_rfc_5297_a2),
        cmocka_unit_test(agrees_with_wycheproof),
        cmocka_unit_test(tells_empty_strings_from_none),
        cmocka_unit_test(takes_126_strings_and_no_more),
        cmocka_unit_test(refuses_other_key_lengths),
        cmocka_unit_test(refuses_tampered_bytes),
        cmocka_unit_test(refuses_other_keys_and_data),
        cmocka_unit_test(works_in_place),
        cmocka_unit_test(refuses_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
