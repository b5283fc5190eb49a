#include "crypto/aes.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "crypto/algorithms.h"

/* Blocks in one call of OpenSSL, which counts bytes in an int. */
enum { AES_RUN = 1 << 20 };

struct aes {
    EVP_CIPHER_CTX *context;
};

static const EVP_CIPHER *cipher_for(size_t key_length)
{
    switch (key_length) {
    case 16:
        return algorithms_fetch(ALGORITHM_AES_128_ECB);
    case 24:
        return algorithms_fetch(ALGORITHM_AES_192_ECB);
    case 32:
        return algorithms_fetch(ALGORITHM_AES_256_ECB);
    default:
        return NULL;
    }
}

struct aes *aes_new(const unsigned char *key, size_t key_length, enum aes_direction direction)
{
    const EVP_CIPHER *cipher = cipher_for(key_length);
    struct aes *aes;

    if (cipher == NULL)
        return NULL;
    aes = malloc(sizeof(*aes));
    if (aes == NULL)
        return NULL;
    aes->context = EVP_CIPHER_CTX_new();
    if (aes->context == NULL)
        goto free_aes;
    if (EVP_CipherInit_ex2(aes->context, cipher, key, NULL, direction == AES_FORWARD, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(aes->context, 0) != 1)
        goto free_context;
    return aes;

free_context:
    EVP_CIPHER_CTX_free(aes->context);
free_aes:
    free(aes);
    return NULL;
}

void aes_free(struct aes *aes)
{
    if (aes == NULL)
        return;
    /* Wipes the key schedule, all that is secret here. */
    EVP_CIPHER_CTX_free(aes->context);
    free(aes);
}

/*
 * EVP_Cipher() goes to the cipher itself, which has whole blocks of a context without padding to do
 * and so nothing to keep: EVP_CipherUpdate() costs half as much again for a short value.
 */
int aes_blocks(struct aes *aes, const unsigned char *in, unsigned char *out, size_t count)
{
    while (count > 0) {
        int bytes = (count < AES_RUN ? (int)count : AES_RUN) * AES_BLOCK;

        if (EVP_Cipher(aes->context, out, in, (unsigned int)bytes) != bytes)
            return -1;
        in += bytes;
        out += bytes;
        count -= (size_t)bytes / AES_BLOCK;
    }
    return 0;
}

/*
 * Block by block on the ECB context: the cipher's latency bounds the chain either way, and a second
 * context in CBC mode, with its vector to be reset for each message, gains a fifth at best.
 */
int aes_chain(struct aes *aes, unsigned char state[AES_BLOCK], const unsigned char *blocks,
    size_t count)
{
    for (; count > 0; count--, blocks += AES_BLOCK) {
        aes_xor(state, state, blocks);
        if (aes_blocks(aes, state, state, 1) != 0)
            return -1;
    }
    return 0;
}
