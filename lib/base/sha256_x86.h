#ifndef BASE_SHA256_X86_H
#define BASE_SHA256_X86_H

#include <stdbool.h>
#include <stdint.h>

/* SHA-256 by the SHA instructions of recent x86-64 processors. */

/*
 * Return true when this processor has them; false on others and under valgrind. For every thread.
 */
bool sha256_x86_usable(void);

/*
 * sha256_x86_block(state, block, constants):
 * Add one block of 64 bytes to the state (FIPS 180-4, 6.2.2); ${constants} are its K. Only where
 * sha256_x86_usable() is true.
 */
void sha256_x86_block(uint32_t state[8], const unsigned char *block, const uint32_t constants[64]);

#endif
