/*
 * OpenSSL deprecates these calls in favour of EVP, which costs more than twice as much for a short
 * value. An EVP context cannot return to the state after the key without an allocation or a new key
 * block. These are plain functions over a plain struct, with the same assembly code.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/sha.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hmac.h"
#include "crypto/secret.h"

enum {
    SHA256_BLOCK = 64,
    SHORT = SHA256_BLOCK - 9 /* most bytes that leave space for the padding of their block */
};

struct hmac {
    SHA256_CTX inner; /* state after the key's block */
    SHA256_CTX outer;
    SHA256_CTX work;
    unsigned char block[SHA256_BLOCK];
};

static int start(SHA256_CTX *context, const unsigned char key[SHA256_BLOCK], unsigned char pad)
{
    unsigned char block[SHA256_BLOCK];
    int result;
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = key[i] ^ pad;
    result = SHA256_Init(context) == 1 && SHA256_Update(context, block, sizeof block) == 1 ? 0 : -1;
    secret_wipe(block, sizeof block);
    return result;
}

static int set_key(struct hmac *hmac, const void *key, size_t key_length)
{
    unsigned char block[SHA256_BLOCK] = { 0 };
    int result = -1;
    if (key_length > sizeof block) {
        if (SHA256(key, key_length, block) == NULL)
            return -1;
    } else if (key_length > 0) {
        memcpy(block, key, key_length);
    }
    if (start(&hmac->inner, block, 0x36) == 0 && start(&hmac->outer, block, 0x5c) == 0)
        result = 0;
    secret_wipe(block, sizeof block);
    return result;
}

struct hmac *hmac_new(const void *key, size_t key_length)
{
    struct hmac *hmac = malloc(sizeof *hmac);
    if (hmac != NULL && set_key(hmac, key, key_length) != 0) {
        hmac_free(hmac);
        return NULL;
    }
    return hmac;
}

void hmac_free(struct hmac *hmac)
{
    if (hmac == NULL)
        return;
    secret_wipe(hmac, sizeof *hmac);
    free(hmac);
}

int hmac_begin(struct hmac *hmac)
{
    hmac->work = hmac->inner;
    return 0;
}

int hmac_update(struct hmac *hmac, const void *data, size_t length)
{
    return length == 0 || SHA256_Update(&hmac->work, data, length) == 1 ? 0 : -1;
}

int hmac_end(struct hmac *hmac, unsigned char mac[HMAC_SIZE])
{
    unsigned char digest[HMAC_SIZE];
    if (SHA256_Final(digest, &hmac->work) != 1)
        return -1;
    hmac->work = hmac->outer;
    if (SHA256_Update(&hmac->work, digest, sizeof digest) != 1 ||
        SHA256_Final(mac, &hmac->work) != 1)
        return -1;
    return 0;
}

static void store_be32(unsigned char *bytes, uint32_t value)
{
    bytes[0] = (unsigned char)(value >> 24);
    bytes[1] = (unsigned char)(value >> 16);
    bytes[2] = (unsigned char)(value >> 8);
    bytes[3] = (unsigned char)value;
}

/*
 * Finish SHA-256 from ${state}, a key's block, over ${length} bytes in hmac->block. They and the
 * padding (FIPS 180-4, 5.1.1) are one block.
 */
static void hash_block(struct hmac *hmac, const SHA256_CTX *state, size_t length,
    unsigned char digest[HMAC_SIZE])
{
    unsigned char *block = hmac->block;
    memset(block + length, 0, SHA256_BLOCK - length);
    block[length] = 0x80;
    store_be32(block + SHA256_BLOCK - 4, (uint32_t)(SHA256_BLOCK + length) * 8);
    hmac->work = *state;
    SHA256_Transform(&hmac->work, block);
    for (size_t i = 0; i < HMAC_SIZE / 4; i++)
        store_be32(digest + 4 * i, hmac->work.h[i]);
}

int hmac_compute(struct hmac *hmac, const void *data, size_t length, unsigned char mac[HMAC_SIZE])
{
    if (length <= SHORT) {
        if (length > 0)
            memcpy(hmac->block, data, length);
        hash_block(hmac, &hmac->inner, length, hmac->block);
        hash_block(hmac, &hmac->outer, HMAC_SIZE, mac);
        return 0;
    }
    if (hmac_begin(hmac) != 0 || hmac_update(hmac, data, length) != 0)
        return -1;
    return hmac_end(hmac, mac);
}

int hmac_once(const void *key, size_t key_length, const void *data, size_t length,
    unsigned char mac[HMAC_SIZE])
{
    struct hmac hmac;
    int result = -1;
    if (set_key(&hmac, key, key_length) == 0 && hmac_compute(&hmac, data, length, mac) == 0)
        result = 0;
    secret_wipe(&hmac, sizeof hmac);
    return result;
}
