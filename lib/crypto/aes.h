#ifndef CRYPTO_AES_H
#define CRYPTO_AES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * AES (FIPS 197) by the block, the base of the modes in this folder. One key, scheduled once; only
 * aes_new() allocates.
 */
struct aes;

enum { AES_BLOCK = 16 };

enum aes_direction { AES_FORWARD, AES_INVERSE };

/*
 * Return AES under a key of 16, 24 or 32 bytes, or NULL for another length, when memory runs out,
 * or when OpenSSL failed.
 */
struct aes *aes_new(const unsigned char *key, size_t key_length, enum aes_direction direction);
void aes_free(struct aes *aes); /* wipes; NULL is fine */

/*
 * aes_blocks(aes, in, out, count):
 * Encrypt (AES_INVERSE: decrypt) ${count} blocks, each by itself. ${in} and ${out} are equal or do
 * not overlap. One call for many blocks is far cheaper than many calls. Return 0, or -1.
 */
int aes_blocks(struct aes *aes, const unsigned char *in, unsigned char *out, size_t count);

/*
 * aes_chain(aes, state, blocks, count):
 * Compute CBC-MAC: for each block, state = AES(state xor block). Start with a state of zeroes; a
 * long message may come in parts. AES_FORWARD only. Return 0, or -1.
 */
int aes_chain(struct aes *aes, unsigned char state[AES_BLOCK], const unsigned char *blocks,
    size_t count);

/* Set out = a xor b, a block each; any of them may be equal. */
static inline void aes_xor(unsigned char out[AES_BLOCK], const unsigned char a[AES_BLOCK],
    const unsigned char b[AES_BLOCK])
{
    uint64_t x[2];
    uint64_t y[2];
    memcpy(x, a, AES_BLOCK);
    memcpy(y, b, AES_BLOCK);
    x[0] ^= y[0];
    x[1] ^= y[1];
    memcpy(out, x, AES_BLOCK);
}

#endif
