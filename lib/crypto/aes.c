#include <openssl/evp.h>
#include <stdlib.h>

#include "crypto/aes.h"
#include "crypto/algorithms.h"

/* Most blocks in one call of OpenSSL, which counts bytes in an int. */
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
    aes = malloc(sizeof *aes);
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
    /* Free and wipe the key schedule, the only secret here. */
    EVP_CIPHER_CTX_free(aes->context);
    free(aes);
}

/*
 * EVP_Cipher() calls the cipher itself, which in a context without padding processes whole blocks
 * and keeps nothing. EVP_CipherUpdate() costs half as much again for a short value.
 */
int aes_blocks(struct aes *aes, const unsigned char *in, unsigned char *out, size_t count)
{
    while (count > 0) {
        int bytes = (count < AES_RUN ? (int)count : AES_RUN) * AES_BLOCK;

        if (EVP_Cipher(aes->context, out, in, (unsigned)bytes) != bytes)
            return -1;
        in += bytes;
        out += bytes;
        count -= (size_t)bytes / AES_BLOCK;
    }
    return 0;
}

/*
 * Use the ECB context block by block: the latency of the cipher limits the chain in any mode. A
 * second context in CBC mode, with a vector to reset for each message, gains at most a fifth.
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
