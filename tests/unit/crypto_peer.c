/*
 * lib/crypto against OpenSSL's own modes, over many lengths; and the promise that a value allocates
 * nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <malloc.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/aes.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "crypto/siv.h"

/* A fixed generator, so that a failure can be repeated. */
static uint64_t seed = 0x9e3779b97f4a7c15;

static void fill(unsigned char *out, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        out[i] = (unsigned char)(seed >> 32);
    }
}

static size_t below(size_t limit)
{
    unsigned char bytes[4];

    fill(bytes, sizeof(bytes));
    return ((size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3]) %
        limit;
}

/*
 * AES-SIV of EVP: correct for one non-empty plaintext per context, with non-empty associated data.
 */
static void evp_seal(const unsigned char *key, size_t key_length, const unsigned char *ad,
    size_t ad_length, const unsigned char *plain, size_t length, unsigned char *out)
{
    static const char *const names[] = { "AES-128-SIV", "AES-192-SIV", "AES-256-SIV" };
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, names[key_length / 16 - 2], NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written;

    assert_non_null(cipher);
    assert_non_null(context);
    assert_int_equal(EVP_EncryptInit_ex2(context, cipher, key, NULL, NULL), 1);
    assert_int_equal(EVP_EncryptUpdate(context, NULL, &written, ad, (int)ad_length), 1);
    assert_int_equal(EVP_EncryptUpdate(context, out + SIV_TAG, &written, plain, (int)length), 1);
    assert_int_equal(written, length);
    assert_int_equal(EVP_EncryptFinal_ex(context, out + SIV_TAG + length, &written), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, SIV_TAG, out), 1);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
}

static void compare(size_t key_length, size_t ad_length, size_t length)
{
    unsigned char key[64];
    unsigned char ad[200];
    unsigned char *plain = malloc(length);
    unsigned char *ours = malloc(SIV_TAG + length);
    unsigned char *theirs = malloc(SIV_TAG + length);
    struct siv *siv;

    assert_true(plain != NULL && ours != NULL && theirs != NULL);
    fill(key, key_length);
    fill(ad, ad_length);
    fill(plain, length);
    siv = siv_new(key, key_length);
    assert_non_null(siv);
    assert_int_equal(siv_add_ad(siv, ad, ad_length), 0);
    assert_int_equal(siv_seal(siv, plain, length, ours), 0);
    evp_seal(key, key_length, ad, ad_length, plain, length, theirs);
    assert_memory_equal(ours, theirs, SIV_TAG + length);
    assert_int_equal(siv_open(siv, theirs, SIV_TAG + length, ours), 0);
    assert_memory_equal(ours, plain, length);
    siv_free(siv);
    free(plain);
    free(ours);
    free(theirs);
}

static void siv_agrees_at_every_short_length(void **state)
{
    (void)state;
    for (size_t length = 1; length <= 200; length++)
        for (size_t key_length = 32; key_length <= 64; key_length += 16)
            compare(key_length, 1 + below(200), length);
    for (size_t ad_length = 1; ad_length <= 200; ad_length++)
        compare(64, ad_length, 11);
}

static void siv_agrees_at_random_lengths(void **state)
{
    (void)state;
    /* Around the ends of a run of key stream. */
    for (size_t length = 1024 - 34; length <= 1024 + 34; length++)
        compare(64, 20, length);
    for (size_t length = 2048 - 17; length <= 2048 + 17; length++)
        compare(32, 20, length);
    for (int i = 0; i < 300; i++)
        compare(i % 2 == 0 ? 32 : 64, 1 + below(200), 1 + below(100000));
}

static void siv_agrees_at_the_largest_record(void **state)
{
    (void)state;
    compare(64, 20, ((size_t)64 << 20) + 3);
}

static void hmac_agrees(void **state)
{
    (void)state;
    unsigned char key[200];
    unsigned char data[500];
    unsigned char ours[HMAC_SIZE];
    unsigned char theirs[HMAC_SIZE];

    fill(key, sizeof(key));
    fill(data, sizeof(data));
    for (size_t key_length = 1; key_length <= sizeof(key); key_length++) {
        struct hmac *hmac = hmac_new(key, key_length);

        assert_non_null(hmac);
        for (size_t length = 0; length <= sizeof(data); length += 1 + length / 20) {
            size_t cut = length / 3;

            assert_non_null(HMAC(EVP_sha256(), key, (int)key_length, data, length, theirs, NULL));
            assert_int_equal(hmac_compute(hmac, data, length, ours), 0);
            assert_memory_equal(ours, theirs, HMAC_SIZE);
            assert_int_equal(hmac_begin(hmac), 0);
            assert_int_equal(hmac_update(hmac, data, cut), 0);
            assert_int_equal(hmac_update(hmac, data + cut, length - cut), 0);
            assert_int_equal(hmac_end(hmac, ours), 0);
            assert_memory_equal(ours, theirs, HMAC_SIZE);
        }
        hmac_free(hmac);
    }
}

static size_t allocations;

static void *counted_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    allocations++;
    return malloc(size);
}

static void *counted_realloc(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    allocations++;
    return realloc(memory, size);
}

static void counted_free(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

static void a_value_allocates_nothing(void **state)
{
    (void)state;
    static const unsigned char key[64] = { 1 };
    unsigned char plain[3000] = { 0 };
    unsigned char out[SIV_TAG + sizeof(plain)];
    struct siv *siv = siv_new(key, sizeof(key));
    struct hmac *hmac = hmac_new(key, 32);
    struct aes *aes = aes_new(key, 32, AES_INVERSE);

    assert_true(siv != NULL && hmac != NULL && aes != NULL);
    assert_true(allocations > 0); /* so they are counted */
    size_t before = allocations;
    size_t in_use = mallinfo2().uordblks;
    for (size_t i = 0; i < 30000; i++) {
        size_t length = i % sizeof(plain);

        assert_int_equal(siv_seal(siv, plain, length, out), 0);
        assert_int_equal(siv_open(siv, out, SIV_TAG + length, plain), 0);
        out[0] ^= 1;
        assert_int_equal(siv_open(siv, out, SIV_TAG + length, plain), -1);
        assert_int_equal(hmac_compute(hmac, plain, length, out), 0);
        assert_int_equal(aes_blocks(aes, plain, out, length / AES_BLOCK), 0);
    }
    assert_int_equal(allocations, before);
    assert_int_equal(mallinfo2().uordblks, in_use);
    siv_free(siv);
    hmac_free(hmac);
    aes_free(aes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siv_agrees_at_every_short_length),
        cmocka_unit_test(siv_agrees_at_random_lengths),
        cmocka_unit_test(siv_agrees_at_the_largest_record),
        cmocka_unit_test(hmac_agrees),
        cmocka_unit_test(a_value_allocates_nothing),
    };
    /* Only possible before the library's first allocation. */
    if (CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) != 1)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
