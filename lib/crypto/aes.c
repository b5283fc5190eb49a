#include "crypto/aes.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "crypto/algorithms.h"
#include "crypto/secret.h"

/* Blocks in one call of OpenSSL, which counts bytes in an int; and of a chain. */
enum { AES_RUN = 1 << 20, AES_LINKS = 16 };

struct aes {
    EVP_CIPHER_CTX *context;
    EVP_CIPHER_CTX *chain;         /* the same key in CBC mode; of AES_INVERSE NULL */
    unsigned char last[AES_BLOCK]; /* what that gave last, and adds to what comes next */
    unsigned char run[AES_LINKS * AES_BLOCK];
};

/* The cipher of an algorithm in the order 128, 192, 256. */
static const EVP_CIPHER *cipher_for(size_t key_length, enum algorithm first)
{
    switch (key_length) {
    case 16:
        return algorithms_fetch(first);
    case 24:
        return algorithms_fetch(first + 1);
    case 32:
        return algorithms_fetch(first + 2);
    default:
        return NULL;
    }
}

static EVP_CIPHER_CTX *open_context(const unsigned char *key, size_t key_length,
    enum algorithm first, enum aes_direction direction)
{
    static const unsigned char vector[AES_BLOCK];
    const EVP_CIPHER *cipher = cipher_for(key_length, first);
    EVP_CIPHER_CTX *context = cipher == NULL ? NULL : EVP_CIPHER_CTX_new();

    if (context == NULL)
        return NULL;
    if (EVP_CipherInit_ex2(context, cipher, key, first == ALGORITHM_AES_128_CBC ? vector : NULL,
            direction == AES_FORWARD, NULL) == 1 &&
        EVP_CIPHER_CTX_set_padding(context, 0) == 1)
        return context;
    EVP_CIPHER_CTX_free(context);
    return NULL;
}

struct aes *aes_new(const unsigned char *key, size_t key_length, enum aes_direction direction)
{
    struct aes *aes = calloc(1, sizeof(*aes));

    if (aes == NULL)
        return NULL;
    aes->context = open_context(key, key_length, ALGORITHM_AES_128_ECB, direction);
    if (aes->context != NULL && direction == AES_FORWARD)
        aes->chain = open_context(key, key_length, ALGORITHM_AES_128_CBC, direction);
    if (aes->context == NULL || (direction == AES_FORWARD && aes->chain == NULL)) {
        aes_free(aes);
        return NULL;
    }
    return aes;
}

void aes_free(struct aes *aes)
{
    if (aes == NULL)
        return;
    /* These wipe the key schedules. */
    EVP_CIPHER_CTX_free(aes->context);
    EVP_CIPHER_CTX_free(aes->chain);
    secret_wipe(aes, sizeof(*aes));
    free(aes);
}

/*
 * EVP_Cipher() goes to the cipher itself, which has whole blocks of a context without padding to do
 * and so nothing to keep: EVP_CipherUpdate() costs half as much again for a short value.
 */
static int cipher(EVP_CIPHER_CTX *context, const unsigned char *in, unsigned char *out, int bytes)
{
    return EVP_Cipher(context, out, in, (unsigned int)bytes) == bytes ? 0 : -1;
}

int aes_blocks(struct aes *aes, const unsigned char *in, unsigned char *out, size_t count)
{
    while (count > 0) {
        int bytes = (count < AES_RUN ? (int)count : AES_RUN) * AES_BLOCK;

        if (cipher(aes->context, in, out, bytes) != 0)
            return -1;
        in += bytes;
        out += bytes;
        count -= (size_t)bytes / AES_BLOCK;
    }
    return 0;
}

/*
 * The cipher's CBC mode is the chain, but for its vector: to set it anew for each message would
 * cost as much as a block does. It is what was given last, and so is known, and taken off again.
 */
int aes_chain(struct aes *aes, unsigned char state[AES_BLOCK], const unsigned char *blocks,
    size_t count)
{
    while (count > 0) {
        size_t links = count < AES_LINKS ? count : AES_LINKS;
        size_t bytes = links * AES_BLOCK;

        memcpy(aes->run, blocks, bytes);
        aes_xor(aes->run, aes->run, state);
        aes_xor(aes->run, aes->run, aes->last);
        if (cipher(aes->chain, aes->run, aes->run, (int)bytes) != 0)
            return -1;
        memcpy(aes->last, aes->run + bytes - AES_BLOCK, AES_BLOCK);
        memcpy(state, aes->last, AES_BLOCK);
        blocks += bytes;
        count -= links;
    }
    return 0;
}
