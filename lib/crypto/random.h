#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>

/*
 * random_bytes(out, length):
 * Get bytes fit for keys from getrandom(2), all or none. Wait until the kernel's generator is
 * seeded. Return 0, or -1 with errno and ${out} wiped.
 */
int random_bytes(void *out, size_t length);

#endif
