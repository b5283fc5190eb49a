#include <math.h>

#include "estimate.h"

enum { INDEX_BITS = 10 };

void estimate_add(unsigned char registers[ESTIMATE_SIZE], uint64_t hash)
{
    uint64_t rest =
        hash << INDEX_BITS | UINT64_C(1) << (INDEX_BITS - 1); /* ends the count of zeroes */
    unsigned char rank = (unsigned char)(__builtin_clzll(rest) + 1);
    unsigned char *place = &registers[hash >> (64 - INDEX_BITS)];
    if (rank > *place)
        *place = rank;
}

void estimate_merge(unsigned char registers[ESTIMATE_SIZE],
    const unsigned char other[ESTIMATE_SIZE])
{
    for (int i = 0; i < ESTIMATE_SIZE; i++)
        if (other[i] > registers[i])
            registers[i] = other[i];
}

uint64_t estimate_count(const unsigned char registers[ESTIMATE_SIZE])
{
    const double size = ESTIMATE_SIZE;
    double sum = 0;
    unsigned zeroes = 0;
    for (int i = 0; i < ESTIMATE_SIZE; i++) {
        sum += ldexp(1, -registers[i]);
        zeroes += registers[i] == 0;
    }
    double raw = 0.7213 / (1 + 1.079 / size) * size * size / sum;
    /* few values: estimate from the number of empty registers */
    if (raw <= 2.5 * size && zeroes > 0)
        raw = size * log(size / zeroes);
    return (uint64_t)(raw + 0.5);
}
