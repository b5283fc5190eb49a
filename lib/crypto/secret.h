#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Memory that holds keys. */

enum secret_result {
    SECRET_LOCKED,   /* kept out of swap and core dumps */
    SECRET_UNLOCKED, /* kept out of core dumps only: RLIMIT_MEMLOCK or the system forbids more */
    SECRET_NO_MEMORY
};

/*
 * secret_alloc(size, memory):
 * Set *memory to ${size} zero bytes on pages of their own; NULL with SECRET_NO_MEMORY (or size 0).
 * SECRET_UNLOCKED is a success that the program may want to warn of. Each allocation takes whole
 * pages: one for all keys of a program, not one a key.
 */
enum secret_result secret_alloc(size_t size, void **memory);

/* Wipe and give back; ${size} as it was asked. NULL is fine. */
void secret_free(void *memory, size_t size);

/* Wipe a C string of malloc(3) and give it back. NULL is fine. */
void secret_free_text(char *text);

/* Zero bytes in a way that the compiler keeps. NULL is fine with size 0. */
void secret_wipe(void *memory, size_t size);

/* Compare in a time that does not depend on the bytes. */
bool secret_equal(const void *a, const void *b, size_t size);

#endif
