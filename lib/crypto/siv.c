#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/aes.h"
#include "crypto/secret.h"
#include "crypto/siv.h"

/* Blocks of key stream made in one step. */
enum { SIV_RUN = 64 };

struct siv {
    struct aes *mac;    /* keyed with K1 of the RFC */
    struct aes *stream; /* with K2 */
    /* the two subkeys of CMAC (RFC 4493 2.3): for a full last block, and for a padded one */
    unsigned char full[AES_BLOCK];
    unsigned char padded[AES_BLOCK];
    /* D of S2V after the associated data */
    unsigned char chain[AES_BLOCK];
    /* dbl(D) xor ${full}, to which a plaintext shorter than a block is added */
    unsigned char brief[AES_BLOCK];
    size_t strings;
    unsigned char run[SIV_RUN * AES_BLOCK];
};

/* Multiply by x in GF(2^128), without a branch on secret bits (RFC 5297 2.3). */
static void dbl(unsigned char out[AES_BLOCK], const unsigned char in[AES_BLOCK])
{
    unsigned carry = 0u - (unsigned)(in[0] >> 7);
    for (size_t i = 0; i + 1 < AES_BLOCK; i++)
        out[i] = (unsigned char)((in[i] << 1) | (in[i + 1] >> 7));
    out[AES_BLOCK - 1] = (unsigned char)(((unsigned)in[AES_BLOCK - 1] << 1) ^ (carry & 0x87));
}

/*
 * Compute AES-CMAC (RFC 4493) of the data. Its last 16 bytes, which must exist, are first xored
 * with ${tail}, unless that is NULL.
 */
static int cmac(struct siv *siv, const unsigned char *data, size_t length,
    const unsigned char *tail, unsigned char out[AES_BLOCK])
{
    unsigned char last[2 * AES_BLOCK] = { 0 };
    /* Blocks that neither ${tail} nor padding touches; of more than 32 bytes, 17 to 32 stay. */
    size_t head = length > sizeof last ? (length - AES_BLOCK - 1) / AES_BLOCK : 0;
    size_t rest = length - head * AES_BLOCK;
    size_t end = rest == 0 ? 0 : (rest - 1) / AES_BLOCK * AES_BLOCK;
    memset(out, 0, AES_BLOCK);
    if (aes_chain(siv->mac, out, data, head) != 0)
        return -1;
    if (rest > 0)
        memcpy(last, data + head * AES_BLOCK, rest);
    if (tail != NULL)
        aes_xor(last + rest - AES_BLOCK, last + rest - AES_BLOCK, tail);
    if (rest == end + AES_BLOCK) {
        aes_xor(last + end, last + end, siv->full);
    } else {
        last[rest] = 0x80;
        aes_xor(last + end, last + end, siv->padded);
    }
    return aes_chain(siv->mac, out, last, end / AES_BLOCK + 1);
}

/* Finish S2V (RFC 5297 2.4) with the last string; the object holds the state before it. */
static int s2v(struct siv *siv, const unsigned char *plain, size_t length,
    unsigned char tag[AES_BLOCK])
{
    unsigned char block[AES_BLOCK] = { 0 };
    if (length >= AES_BLOCK)
        return cmac(siv, plain, length, siv->chain, tag);
    if (length > 0)
        memcpy(block, plain, length);
    block[length] = 0x80;
    aes_xor(block, block, siv->brief);
    return aes_blocks(siv->mac, block, tag, 1);
}

static void set_chain(struct siv *siv, const unsigned char chain[AES_BLOCK])
{
    memcpy(siv->chain, chain, AES_BLOCK);
    dbl(siv->brief, chain);
    aes_xor(siv->brief, siv->brief, siv->full);
}

static uint32_t load_be32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void store_be32(unsigned char *bytes, uint32_t value)
{
    bytes[0] = (unsigned char)(value >> 24);
    bytes[1] = (unsigned char)(value >> 16);
    bytes[2] = (unsigned char)(value >> 8);
    bytes[3] = (unsigned char)value;
}

static void xor_bytes(unsigned char *out, const unsigned char *in, const unsigned char *stream,
    size_t length)
{
    for (; length >= AES_BLOCK; length -= AES_BLOCK) {
        aes_xor(out, in, stream);
        out += AES_BLOCK;
        in += AES_BLOCK;
        stream += AES_BLOCK;
    }
    for (size_t i = 0; i < length; i++)
        out[i] = in[i] ^ stream[i];
}

/*
 * Apply counter mode from the tag with its 31st and 63rd bit from the right cleared (RFC 5297 2.5).
 * So SIV_MAX_PLAIN bytes never carry out of the last 32 bits.
 */
static int counter_mode(struct siv *siv, const unsigned char tag[AES_BLOCK],
    const unsigned char *in, size_t length, unsigned char *out)
{
    unsigned char first[AES_BLOCK];
    memcpy(first, tag, AES_BLOCK);
    first[8] &= 0x7f;
    first[12] &= 0x7f;
    uint32_t count = load_be32(first + 12);
    while (length > 0) {
        size_t bytes = length < sizeof siv->run ? length : sizeof siv->run;
        size_t blocks = (bytes + AES_BLOCK - 1) / AES_BLOCK;

        for (size_t i = 0; i < blocks; i++) {
            memcpy(siv->run + i * AES_BLOCK, first, AES_BLOCK);
            store_be32(siv->run + i * AES_BLOCK + 12, count++);
        }
        if (aes_blocks(siv->stream, siv->run, siv->run, blocks) != 0)
            return -1;
        xor_bytes(out, in, siv->run, bytes);
        in += bytes;
        out += bytes;
        length -= bytes;
    }
    return 0;
}

struct siv *siv_new(const unsigned char *key, size_t key_length)
{
    static const unsigned char zero[AES_BLOCK];
    unsigned char chain[AES_BLOCK];
    size_t half = key_length / 2;
    struct siv *siv;
    if (key_length != 32 && key_length != 48 && key_length != 64)
        return NULL;
    siv = calloc(1, sizeof *siv);
    if (siv == NULL)
        return NULL;
    siv->mac = aes_new(key, half, AES_FORWARD);
    siv->stream = aes_new(key + half, half, AES_FORWARD);
    if (siv->mac == NULL || siv->stream == NULL)
        goto fail;
    if (aes_blocks(siv->mac, zero, siv->full, 1) != 0)
        goto fail;
    dbl(siv->full, siv->full);
    dbl(siv->padded, siv->full);
    if (cmac(siv, zero, sizeof zero, NULL, chain) != 0)
        goto fail;
    set_chain(siv, chain);
    secret_wipe(chain, sizeof chain);
    return siv;

fail:
    siv_free(siv);
    return NULL;
}

void siv_free(struct siv *siv)
{
    if (siv == NULL)
        return;
    aes_free(siv->mac);
    aes_free(siv->stream);
    secret_wipe(siv, sizeof *siv);
    free(siv);
}

int siv_add_ad(struct siv *siv, const void *data, size_t length)
{
    unsigned char chain[AES_BLOCK];
    unsigned char mac[AES_BLOCK];
    int result = -1;
    if (siv->strings < SIV_MAX_AD && cmac(siv, data, length, NULL, mac) == 0) {
        dbl(chain, siv->chain);
        aes_xor(chain, chain, mac);
        set_chain(siv, chain);
        siv->strings++;
        result = 0;
    }
    secret_wipe(chain, sizeof chain);
    secret_wipe(mac, sizeof mac);
    return result;
}

int siv_seal(struct siv *siv, const void *plain, size_t length, unsigned char *out)
{
    unsigned char tag[AES_BLOCK];
    if (length > SIV_MAX_PLAIN || s2v(siv, plain, length, tag) != 0)
        return -1;
    memcpy(out, tag, SIV_TAG);
    if (counter_mode(siv, tag, plain, length, out + SIV_TAG) != 0) {
        secret_wipe(out, SIV_TAG + length);
        return -1;
    }
    return 0;
}

int siv_open(struct siv *siv, const unsigned char *sealed, size_t length, unsigned char *out)
{
    unsigned char expected[AES_BLOCK];
    if (length < SIV_TAG || length - SIV_TAG > SIV_MAX_PLAIN)
        return -1;
    length -= SIV_TAG;
    if (counter_mode(siv, sealed, sealed + SIV_TAG, length, out) != 0 ||
        s2v(siv, out, length, expected) != 0 || !secret_equal(expected, sealed, SIV_TAG)) {
        secret_wipe(out, length);
        return -1;
    }
    return 0;
}
