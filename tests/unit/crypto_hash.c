/* HMAC, HKDF and digests against the vectors of their standards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/digest.h"
#include "crypto/hkdf.h"
#include "crypto/hmac.h"
#include "crypto_hex.h"

enum { LINE = 2048 };

static void count_up(unsigned char *out, unsigned char first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (unsigned char)(first + i);
}

static void check_hmac(const void *key, size_t key_length, const void *data, size_t length,
    const char *mac_hex)
{
    struct hmac *hmac = hmac_new(key, key_length);
    unsigned char mac[HMAC_SIZE];

    assert_non_null(hmac);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(hmac_compute(hmac, data, length, mac), 0);
        assert_hex(mac, strlen(mac_hex) / 2, mac_hex);
    }
    hmac_free(hmac);
    assert_int_equal(hmac_once(key, key_length, data, length, mac), 0);
    assert_hex(mac, strlen(mac_hex) / 2, mac_hex);
}

/* Read the next line of vectors, skipping comments. Return false at the end. */
static bool next_line(FILE *file, char line[LINE])
{
    while (fgets(line, LINE, file) != NULL)
        if (line[0] != '#' && line[0] != '\n')
            return true;
    return false;
}

/* Lines of tests/vectors/hmac_sha256.txt; the program runs in the root of the source. */
static void hmac_as_rfc_4231(void **state)
{
    (void)state;
    FILE *file = fopen("tests/vectors/hmac_sha256.txt", "re");
    char line[LINE];
    size_t vectors = 0;

    assert_non_null(file);
    while (next_line(file, line)) {
        char number[8], key_hex[512], data_hex[512], mac_hex[80];
        unsigned char key[256];
        unsigned char data[256];

        assert_int_equal(sscanf(line, "%7s %511s %511s %79s", number, key_hex, data_hex, mac_hex),
            4);
        size_t key_length = hex_decode(key_hex, key, sizeof(key));
        check_hmac(key, key_length, data, hex_decode(data_hex, data, sizeof(data)), mac_hex);
        vectors++;
    }
    fclose(file);
    assert_int_equal(vectors, 7);
    /* No key and no data: from the definition of FIPS 198-1, checked with two other programs. */
    check_hmac(NULL, 0, NULL, 0,
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/*
 * Lengths of one block with its padding, and longer ones, have separate code. At each length both
 * match the definition (RFC 2104, section 2).
 */
static void hmac_of_every_length(void **state)
{
    (void)state;
    unsigned char key[32], data[300], inner[64 + sizeof(data)], outer[64 + HMAC_SIZE];
    unsigned char mac[HMAC_SIZE], parts[HMAC_SIZE], wanted[HMAC_SIZE];
    struct hmac *hmac;

    count_up(key, 3, sizeof(key));
    count_up(data, 77, sizeof(data));
    hmac = hmac_new(key, sizeof(key));
    assert_non_null(hmac);
    for (size_t i = 0; i < 64; i++) {
        unsigned char byte = i < sizeof(key) ? key[i] : 0;

        inner[i] = byte ^ 0x36;
        outer[i] = byte ^ 0x5c;
    }
    for (size_t length = 0; length <= sizeof(data); length++) {
        memcpy(inner + 64, data, length);
        assert_int_equal(digest_sha256(inner, 64 + length, outer + 64), 0);
        assert_int_equal(digest_sha256(outer, sizeof(outer), wanted), 0);
        assert_int_equal(hmac_compute(hmac, data, length, mac), 0);
        assert_memory_equal(mac, wanted, HMAC_SIZE);
        assert_int_equal(hmac_begin(hmac), 0);
        assert_int_equal(hmac_update(hmac, data, length / 3), 0);
        assert_int_equal(hmac_update(hmac, data + length / 3, length - length / 3), 0);
        assert_int_equal(hmac_end(hmac, parts), 0);
        assert_memory_equal(parts, wanted, HMAC_SIZE);
    }
    hmac_free(hmac);
}

static void check_hkdf(const unsigned char *salt, size_t salt_length, const unsigned char *key,
    size_t key_length, const unsigned char *info, size_t info_length, const char *prk_hex,
    const char *out_hex)
{
    unsigned char prk[HKDF_PRK];
    unsigned char out[128];
    size_t length = strlen(out_hex) / 2;

    assert_int_equal(hkdf_extract(salt, salt_length, key, key_length, prk), 0);
    assert_hex(prk, sizeof(prk), prk_hex);
    memset(out, 0xee, sizeof(out));
    assert_int_equal(hkdf_expand(prk, sizeof(prk), info, info_length, out, length), 0);
    assert_hex(out, length, out_hex);
    assert_int_equal(out[length], 0xee);
}

/* Lines of tests/vectors/hkdf_sha256.txt. */
static void hkdf_as_rfc_5869(void **state)
{
    (void)state;
    FILE *file = fopen("tests/vectors/hkdf_sha256.txt", "re");
    char line[LINE];
    size_t vectors = 0;

    assert_non_null(file);
    while (next_line(file, line)) {
        char field[6][200];
        unsigned char key[80];
        unsigned char salt[80];
        unsigned char info[80];

        assert_int_equal(sscanf(line, "%199s %199s %199s %199s %199s %199s", field[0], field[1],
                             field[2], field[3], field[4], field[5]),
            6);
        size_t key_length = hex_decode(field[1], key, sizeof(key));
        size_t salt_length = hex_decode(field[2], salt, sizeof(salt));
        size_t info_length = hex_decode(field[3], info, sizeof(info));
        check_hkdf(salt, salt_length, key, key_length, info, info_length, field[4], field[5]);
        vectors++;
    }
    fclose(file);
    assert_int_equal(vectors, 3);
}

static void derives_as_documented(void **state)
{
    (void)state;
    static const char info[] = "sqs2pg/v1/siv/ip";
    unsigned char master[HKDF_MASTER];
    unsigned char out[64];

    count_up(master, 0, sizeof(master));
    /* From another implementation: Python's hmac module, after RFC 5869. */
    assert_int_equal(hkdf_derive(master, info, sizeof(info) - 1, out, sizeof(out)), 0);
    assert_hex(out, sizeof(out),
        "9a9c85499b7c4296e859a5822f70c5fc51aa21b343ef57a362f0abcd0f45d621"
        "4e372250fb8910cc3f3a79c5a8f1f7464e21097be8acf34f6c5e82e2daa739bd");
}

static void hkdf_bounds_its_output(void **state)
{
    (void)state;
    static const unsigned char master[HKDF_MASTER] = { 7 };
    unsigned char *longest = malloc(HKDF_MAX + 1);
    unsigned char first[40];

    assert_non_null(longest);
    assert_int_equal(hkdf_derive(master, "i", 1, longest, 0), -1);
    assert_int_equal(hkdf_derive(master, "i", 1, longest, HKDF_MAX + 1), -1);
    assert_int_equal(hkdf_derive(master, "i", 1, longest, HKDF_MAX), 0);
    assert_int_equal(hkdf_derive(master, "i", 1, first, sizeof(first)), 0);
    assert_memory_equal(first, longest, sizeof(first));
    /* From another implementation, as above: the last of the 255 blocks. */
    assert_hex(longest + HKDF_MAX - 32, 32,
        "29e16b822d244260665c5441def6cd0d2ebc67e32c64a2301a13f44ac1046293");
    free(longest);
}

static void check_digest(enum digest_kind kind, const char *text, const char *hex)
{
    size_t size = kind == DIGEST_MD5 ? DIGEST_MD5_SIZE : DIGEST_SHA256_SIZE;
    size_t length = strlen(text);
    struct digest *digest = digest_new(kind);
    unsigned char out[DIGEST_SHA256_SIZE];
    char written[2 * DIGEST_SHA256_SIZE + 1] = { 0 };

    assert_non_null(digest);
    assert_int_equal(
        kind == DIGEST_MD5 ? digest_md5(text, length, out) : digest_sha256(text, length, out), 0);
    assert_hex(out, size, hex);
    /* In two parts, at every cut, on one object. */
    for (size_t cut = 0; cut <= length; cut++) {
        memset(out, 0, sizeof(out));
        assert_int_equal(digest_update(digest, text, cut), 0);
        assert_int_equal(digest_update(digest, text + cut, length - cut), 0);
        assert_int_equal(digest_final(digest, out), 0);
        assert_hex(out, size, hex);
    }
    digest_hex(out, size, written);
    assert_string_equal(written, hex);
    digest_free(digest);
}

static void md5_as_rfc_1321(void **state)
{
    (void)state;
    check_digest(DIGEST_MD5, "", "d41d8cd98f00b204e9800998ecf8427e");
    check_digest(DIGEST_MD5, "a", "0cc175b9c0f1b6a831c399e269772661");
    check_digest(DIGEST_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72");
    check_digest(DIGEST_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0");
    check_digest(DIGEST_MD5, "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b");
    check_digest(DIGEST_MD5, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d174ab98d277d9f5a5611c2c9f419d9f");
    check_digest(DIGEST_MD5,
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
        "57edf4a22be3c955ac49da2e2107b67a");
}

static void sha256_as_fips_180(void **state)
{
    (void)state;
    static char million[1000001];

    check_digest(DIGEST_SHA256, "",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_digest(DIGEST_SHA256, "abc",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_digest(DIGEST_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(million, 'a', sizeof(million) - 1);
    unsigned char out[DIGEST_SHA256_SIZE];
    assert_int_equal(digest_sha256(million, 1000000, out), 0);
    assert_hex(out, sizeof(out),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void compares_hex_of_either_case(void **state)
{
    (void)state;
    static const unsigned char bytes[] = { 0x01, 0xab, 0xcd, 0xef };

    assert_true(digest_is_hex(bytes, 4, "01abcdef", 8));
    assert_true(digest_is_hex(bytes, 4, "01ABcdEF", 8));
    assert_true(digest_is_hex(bytes, 0, "", 0));
    assert_false(digest_is_hex(bytes, 4, "01abcdee", 8));
    assert_false(digest_is_hex(bytes, 4, "11abcdef", 8));
    assert_false(digest_is_hex(bytes, 4, "01abcdef0", 9));
    assert_false(digest_is_hex(bytes, 4, "01abcde", 7));
    assert_false(digest_is_hex(bytes, 4, "", 0));
    assert_false(digest_is_hex(bytes, 4, "01abcdeg", 8));
    assert_false(digest_is_hex(bytes, 4,
        "\x11"
        "1abcdef",
        8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_as_rfc_4231),
        cmocka_unit_test(hmac_of_every_length),
        cmocka_unit_test(hkdf_as_rfc_5869),
        cmocka_unit_test(derives_as_documented),
        cmocka_unit_test(hkdf_bounds_its_output),
        cmocka_unit_test(md5_as_rfc_1321),
        cmocka_unit_test(sha256_as_fips_180),
        cmocka_unit_test(compares_hex_of_either_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
