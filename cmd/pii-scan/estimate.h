#ifndef PII_SCAN_ESTIMATE_H
#define PII_SCAN_ESTIMATE_H

#include <stdint.h>

/*
 * An estimate of the number of different values, in constant memory: HyperLogLog (Flajolet et al.,
 * 2007) with 1,024 registers. The error is about 3 %, and less for few values.
 */
enum { ESTIMATE_SIZE = 1024 };

/* Add the value with this hash. */
void estimate_add(unsigned char registers[ESTIMATE_SIZE], uint64_t hash);

/* Add all values of ${other}. */
void estimate_merge(unsigned char registers[ESTIMATE_SIZE],
    const unsigned char other[ESTIMATE_SIZE]);

/* Return the estimate of the number of different values. */
uint64_t estimate_count(const unsigned char registers[ESTIMATE_SIZE]);

#endif
