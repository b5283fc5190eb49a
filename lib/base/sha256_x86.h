#ifndef BASE_SHA256_X86_H
#define BASE_SHA256_X86_H

#include <stdbool.h>
#include <stdint.h>

/* SHA-256 by the instructions that x86-64 processors of the last years have for it. */

/* Whether this processor has them; on others, and under valgrind, false. For every thread. */
bool sha256_x86_usable(void);

/*
 * sha256_x86_block(state, block, constants):
 * One block of 64 bytes into the state (FIPS 180-4, 6.2.2); ${constants} are its K. Only where they
 * are usable.
 */
void sha256_x86_block(uint32_t state[8], const unsigned char *block, const uint32_t constants[64]);

#endif
