#include <stdbool.h>
#include <string.h>

#include "crypto/aes.h"
#include "crypto/ff1.h"
#include "crypto/hkdf.h"
#include "crypto/hmac.h"
#include "crypto/ipcrypt.h"
#include "crypto/siv.h"
#include "mask/selftest.h"

enum { BYTES = 256, DATA = 3 };

/* ---- the vectors, in hexadecimal ------------------------------------------------------------- */

static const struct {
    const char *source;
    const char *key;
    const char *data[DATA]; /* associated data; NULL: no more */
    const char *plain;
    const char *sealed;
} siv_vectors[] = {
    { "RFC 5297 A.1", "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        { "101112131415161718191a1b1c1d1e1f2021222324252627" }, "112233445566778899aabbccddee",
        "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c" },
    { "RFC 5297 A.2", "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
        { "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa998877665544"
          "33221100",
            "102030405060708090a0", "09f911029d74e35bd84156c5635688c0" },
        "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573"
        "696e67205349562d414553",
        "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb"
        "094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d" },
};

static const struct {
    const char *source;
    const char *key;
    const char *data;
    const char *mac; /* or its beginning */
} hmac_vectors[] = {
    { "RFC 4231, case 1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { "RFC 4231, case 2", "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { "RFC 4231, case 3", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
        "dddddddddddddddddddddddddddd",
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { "RFC 4231, case 4", "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
    { "RFC 4231, case 5, cut to 128 bits", "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
        "546573742057697468205472756e636174696f6e", "a3b6167473100ee06e0c796c2955552b" },
    { "RFC 4231, case 6",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
        "79202d2048617368204b6579204669727374",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    { "RFC 4231, case 7",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "5468697320697320612074657374207573696e672061206c6172676572207468616e2062"
        "6c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f63"
        "6b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173"
        "686564206265666f7265206265696e6720757365642062792074686520484d414320616c"
        "676f726974686d2e",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
};

static const struct {
    const char *source;
    const char *key;
    const char *salt;
    const char *info;
    const char *out;
} hkdf_vectors[] = {
    { "RFC 5869 A.1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208"
        "d5b887185865" },
    { "RFC 5869 A.2",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223"
        "2425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344454647"
        "48494a4b4c4d4e4f",
        "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283"
        "8485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7"
        "a8a9aaabacadaeaf",
        "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3"
        "d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7"
        "f8f9fafbfcfdfeff",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99"
        "cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87"
        "c14c01d5c1f3434f1d87" },
    { "RFC 5869 A.3", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395"
        "faa4b61a96c8" },
};

struct bytes {
    unsigned char data[BYTES];
    size_t length;
};

static unsigned digit(char byte)
{
    return (unsigned)(byte <= '9' ? byte - '0' : byte - 'a' + 10);
}

static struct bytes unhex(const char *hex)
{
    struct bytes bytes = { .length = strlen(hex) / 2 };
    for (size_t i = 0; i < bytes.length; i++)
        bytes.data[i] = (unsigned char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return bytes;
}

/* ---- running them ---------------------------------------------------------------------------- */

static bool try_siv(size_t number)
{
    const struct bytes key = unhex(siv_vectors[number].key);
    const struct bytes plain = unhex(siv_vectors[number].plain);
    const struct bytes sealed = unhex(siv_vectors[number].sealed);
    unsigned char out[BYTES] = { 0 };
    unsigned char back[BYTES];
    struct siv *siv = siv_new(key.data, key.length);
    bool good = siv != NULL;
    for (size_t i = 0; good && i < DATA && siv_vectors[number].data[i] != NULL; i++) {
        const struct bytes datum = unhex(siv_vectors[number].data[i]);
        good = siv_add_ad(siv, datum.data, datum.length) == 0;
    }
    good = good && siv_seal(siv, plain.data, plain.length, out) == 0 &&
        memcmp(out, sealed.data, sealed.length) == 0 &&
        siv_open(siv, sealed.data, sealed.length, back) == 0 &&
        memcmp(back, plain.data, plain.length) == 0;
    out[sealed.length - 1] ^= 1;
    good = good && siv_open(siv, out, sealed.length, back) != 0;
    siv_free(siv);
    return good;
}

static bool try_hmac(size_t number)
{
    const struct bytes key = unhex(hmac_vectors[number].key);
    const struct bytes data = unhex(hmac_vectors[number].data);
    const struct bytes mac = unhex(hmac_vectors[number].mac);
    unsigned char out[HMAC_SIZE];
    struct hmac *hmac = hmac_new(key.data, key.length);
    bool good = hmac != NULL && hmac_compute(hmac, data.data, data.length, out) == 0 &&
        memcmp(out, mac.data, mac.length) == 0;
    hmac_free(hmac);
    return good;
}

static bool try_hkdf(size_t number)
{
    const struct bytes key = unhex(hkdf_vectors[number].key);
    const struct bytes salt = unhex(hkdf_vectors[number].salt);
    const struct bytes info = unhex(hkdf_vectors[number].info);
    const struct bytes wanted = unhex(hkdf_vectors[number].out);
    unsigned char prk[HKDF_PRK];
    unsigned char out[BYTES];
    return hkdf_extract(salt.data, salt.length, key.data, key.length, prk) == 0 &&
        hkdf_expand(prk, sizeof prk, info.data, info.length, out, wanted.length) == 0 &&
        memcmp(out, wanted.data, wanted.length) == 0;
}

/* Test the block cipher of uuid: FIPS 197, appendix C.3. */
static bool try_aes(void)
{
    const struct bytes key =
        unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    const struct bytes plain = unhex("00112233445566778899aabbccddeeff");
    const struct bytes sealed = unhex("8ea2b7ca516745bfeafc49904b496089");
    unsigned char out[AES_BLOCK];
    struct aes *forward = aes_new(key.data, key.length, AES_FORWARD);
    struct aes *inverse = aes_new(key.data, key.length, AES_INVERSE);
    bool good = forward != NULL && inverse != NULL &&
        aes_blocks(forward, plain.data, out, 1) == 0 && memcmp(out, sealed.data, AES_BLOCK) == 0 &&
        aes_blocks(inverse, out, out, 1) == 0 && memcmp(out, plain.data, AES_BLOCK) == 0;
    aes_free(forward);
    aes_free(inverse);
    return good;
}

static void say(struct buf *report, bool passed, const char *name, const char *source,
    size_t *failed)
{
    *failed += !passed;
    buf_printf(report, "%s %s, %s\n", passed ? "passed" : "failed", name, source);
}

int selftest_run(struct buf *report, size_t *failed)
{
    *failed = 0;
    for (size_t i = 0; i < sizeof siv_vectors / sizeof *siv_vectors; i++)
        say(report, try_siv(i), "AES-SIV", siv_vectors[i].source, failed);
    for (size_t i = 0; i < sizeof hmac_vectors / sizeof *hmac_vectors; i++)
        say(report, try_hmac(i), "HMAC-SHA-256", hmac_vectors[i].source, failed);
    for (size_t i = 0; i < sizeof hkdf_vectors / sizeof *hkdf_vectors; i++)
        say(report, try_hkdf(i), "HKDF-SHA-256", hkdf_vectors[i].source, failed);
    say(report, try_aes(), "AES-256", "FIPS 197 C.3", failed);
    say(report, ipcrypt_self_test() == 0, "ipcrypt-deterministic and ipcrypt-pfx",
        "draft-denis-ipcrypt, test vectors", failed);
    say(report, ff1_self_test() == 0, "FF1", "NIST SP 800-38G, samples", failed);
    return report->failed ? -1 : 0;
}
