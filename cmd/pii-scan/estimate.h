#ifndef PII_SCAN_ESTIMATE_H
#define PII_SCAN_ESTIMATE_H

#include <stdint.h>

/*
 * How many different values there were, in constant memory: HyperLogLog (Flajolet et al., 2007)
 * with 1,024 registers, off by some 3 %, and by less where there are few.
 */
enum { ESTIMATE_SIZE = 1024 };

/* Count the value of this hash in. */
void estimate_add(unsigned char registers[ESTIMATE_SIZE], uint64_t hash);

/* Count in all that ${other} has. */
void estimate_merge(unsigned char registers[ESTIMATE_SIZE],
    const unsigned char other[ESTIMATE_SIZE]);

uint64_t estimate_count(const unsigned char registers[ESTIMATE_SIZE]);

#endif
