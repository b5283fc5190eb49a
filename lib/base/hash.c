#include <string.h>

#include "base/hash.h"

enum { LANES = 4, LANES_FROM = 64 };

/* Odd, with bits in no order: the fraction of the golden ratio. */
static const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);

/* A multiplication carries only upwards, so the upper half is folded down. */
static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * factor;
    return hash ^ hash >> 32;
}

/* Take 32 bytes a step: four words without dependencies between them. */
static uint64_t mix_lanes(uint64_t hash, const unsigned char **at, size_t *left)
{
    uint64_t lanes[LANES] = { hash, hash + 1, hash + 2, hash + 3 }, words[LANES];
    for (; *left >= sizeof words; *at += sizeof words, *left -= sizeof words) {
        memcpy(words, *at, sizeof words);
        for (int i = 0; i < LANES; i++)
            lanes[i] = mix(lanes[i], words[i]);
    }
    for (int i = 0; i < LANES; i++)
        hash = mix(hash, lanes[i]);
    return hash;
}

/*
 * Return the last bytes, fewer than eight, after ${before} others; the first in the lowest place.
 */
static uint64_t rest(const unsigned char *at, size_t left, size_t before)
{
    uint64_t word = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* usually there are enough earlier bytes: two steps instead of a copy of variable length */
    if (left > 0 && before + left >= sizeof word) {
        memcpy(&word, at + left - sizeof word, sizeof word);
        return word >> 8 * (sizeof word - left);
    }
#endif
    (void)before;
    for (size_t i = 0; i < left; i++)
        word |= (uint64_t)at[i] << 8 * i;
    return word;
}

uint64_t hash_bytes(const void *data, size_t length)
{
    const unsigned char *at = data;
    uint64_t hash = mix(factor, length), word;
    size_t left = length;
    if (left >= LANES_FROM)
        hash = mix_lanes(hash, &at, &left);
    for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    return mix(mix(hash, rest(at, left, length - left)), 0);
}
