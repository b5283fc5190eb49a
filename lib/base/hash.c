#include <string.h>

#include "base/hash.h"

/* Odd, with its bits in no order: the golden ratio's fraction. */
static const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);

/* A multiplication carries upwards only: the upper half has to come down again. */
static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * factor;
    return hash ^ hash >> 32;
}

uint64_t hash_bytes(const void *data, size_t length)
{
    const unsigned char *at = data;
    uint64_t hash = mix(factor, length), word;
    size_t left = length;
    for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    if (left > 0)
        memcpy(&word, at, left);
    return mix(mix(hash, word), 0);
}
