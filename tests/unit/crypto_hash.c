/* HMAC, HKDF and digests against the vectors of their standards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/digest.h"
#include "crypto/hkdf.h"
#include "crypto/hmac.h"
#include "crypto_hex.h"

static void repeat(unsigned char *out, unsigned char byte, size_t count)
{
    memset(out, byte, count);
}

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

static void hmac_as_rfc_4231(void **state)
{
    (void)state;
    static const char larger_key[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    static const char larger_both[] =
        "This is a test using a larger than block-size key and a larger than block-size data. The "
        "key needs to be hashed before being used by the HMAC algorithm.";
    unsigned char key[131];
    unsigned char data[50];

    repeat(key, 0x0b, 20);
    check_hmac(key, 20, "Hi There", 8,
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    check_hmac("Jefe", 4, "what do ya want for nothing?", 28,
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    repeat(key, 0xaa, 20);
    repeat(data, 0xdd, 50);
    check_hmac(key, 20, data, 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    count_up(key, 1, 25);
    repeat(data, 0xcd, 50);
    check_hmac(key, 25, data, 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    repeat(key, 0x0c, 20);
    check_hmac(key, 20, "Test With Truncation", 20, "a3b6167473100ee06e0c796c2955552b");
    repeat(key, 0xaa, 131);
    check_hmac(key, 131, larger_key, sizeof(larger_key) - 1,
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    check_hmac(key, 131, larger_both, sizeof(larger_both) - 1,
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
    /* No key and no data: from FIPS 198-1's definition, checked with two other programs. */
    check_hmac(NULL, 0, NULL, 0,
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
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

static void hkdf_as_rfc_5869(void **state)
{
    (void)state;
    unsigned char key[80];
    unsigned char salt[80];
    unsigned char info[80];

    repeat(key, 0x0b, 22);
    count_up(salt, 0x00, 13);
    count_up(info, 0xf0, 10);
    check_hkdf(salt, 13, key, 22, info, 10,
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    check_hkdf(NULL, 0, key, 22, NULL, 0,
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    count_up(key, 0x00, 80);
    count_up(salt, 0x60, 80);
    count_up(info, 0xb0, 80);
    check_hkdf(salt, 80, key, 80, info, 80,
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e"
        "590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
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
        cmocka_unit_test(hkdf_as_rfc_5869),
        cmocka_unit_test(derives_as_documented),
        cmocka_unit_test(hkdf_bounds_its_output),
        cmocka_unit_test(md5_as_rfc_1321),
        cmocka_unit_test(sha256_as_fips_180),
        cmocka_unit_test(compares_hex_of_either_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
