#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>

/*
 * random_bytes(out, length):
 * Bytes fit for keys, from getrandom(2): waits until the kernel's generator is seeded, whole or not
 * at all. Return 0; or -1 with errno, ${out} wiped.
 */
int random_bytes(void *out, size_t length);

#endif
