#include <string.h>

#include "base/sha256.h"
#include "base/sha256_x86.h"

/* FIPS 180-4 §4.2.2 and §5.3.3: fractional parts of the roots of the first primes. */
/* clang-format off: eight a row, as the standard prints them */
static const uint32_t constants[64] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
    0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
    0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3,
    0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354,
    0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3,
    0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa,
    0xa4506ceb, 0xbef9a3f7, 0xc67178f2 };
/* clang-format on */

static uint32_t rotate(uint32_t x, unsigned by)
{
    return x >> by | x << (32 - by);
}

/*
 * §6.2.2, step 3, without moving the eight working variables: each round changes two of them, and
 * the next round takes them in other places. ${key}: K + W.
 */
static inline void round_of(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f,
    uint32_t g, uint32_t *h, uint32_t key)
{
    uint32_t s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    uint32_t s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    *h += s1 + ((e & f) ^ (~e & g)) + key;
    *d += *h;
    *h += s0 + ((a & b) ^ (a & c) ^ (b & c));
}

static void compress_portably(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64];
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
            (uint32_t)block[4 * i + 2] << 8 | (uint32_t)block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i += 8) {
        round_of(a, b, c, &d, e, f, g, &h, constants[i] + w[i]);
        round_of(h, a, b, &c, d, e, f, &g, constants[i + 1] + w[i + 1]);
        round_of(g, h, a, &b, c, d, e, &f, constants[i + 2] + w[i + 2]);
        round_of(f, g, h, &a, b, c, d, &e, constants[i + 3] + w[i + 3]);
        round_of(e, f, g, &h, a, b, c, &d, constants[i + 4] + w[i + 4]);
        round_of(d, e, f, &g, h, a, b, &c, constants[i + 5] + w[i + 5]);
        round_of(c, d, e, &f, g, h, a, &b, constants[i + 6] + w[i + 6]);
        round_of(b, c, d, &e, f, g, h, &a, constants[i + 7] + w[i + 7]);
    }
    const uint32_t after[8] = { a, b, c, d, e, f, g, h };
    for (int i = 0; i < 8; i++)
        state[i] += after[i];
}

static void compress(uint32_t state[8], const unsigned char *block)
{
    if (sha256_x86_usable())
        sha256_x86_block(state, block, constants);
    else
        compress_portably(state, block);
}

void sha256_init(struct sha256 *sha)
{
    static const uint32_t initial[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
        0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    memcpy(sha->state, initial, sizeof initial);
    sha->length = 0;
}

void sha256_update(struct sha256 *sha, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    while (length > 0) {
        size_t used = sha->length % sizeof sha->block;
        size_t take = sizeof sha->block - used < length ? sizeof sha->block - used : length;
        memcpy(sha->block + used, bytes, take);
        sha->length += take;
        bytes += take;
        length -= take;
        if (used + take == sizeof sha->block)
            compress(sha->state, sha->block);
    }
}

void sha256_final(struct sha256 *sha, unsigned char digest[SHA256_SIZE])
{
    uint64_t bits = sha->length * 8;
    static const unsigned char padding[64] = { 0x80 };
    size_t used = sha->length % 64;
    sha256_update(sha, padding, used < 56 ? 56 - used : 120 - used);
    unsigned char tail[8];
    for (int i = 0; i < 8; i++)
        tail[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha256_update(sha, tail, sizeof tail);
    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 4; k++)
            digest[4 * i + k] = (unsigned char)(sha->state[i] >> (24 - 8 * k));
}
