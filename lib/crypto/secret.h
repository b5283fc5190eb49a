#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Memory for keys. */

enum secret_result {
    SECRET_LOCKED,   /* kept out of swap and core dumps */
    SECRET_UNLOCKED, /* kept out of core dumps only: RLIMIT_MEMLOCK or the system forbids more */
    SECRET_NO_MEMORY
};

/*
 * secret_alloc(size, memory):
 * Set *memory to ${size} zero bytes on pages of their own. With SECRET_NO_MEMORY it is NULL; that
 * is also the result for size 0. SECRET_UNLOCKED is a success that may deserve a warning. Each
 * allocation takes whole pages: make one for all keys of a program, not one per key.
 */
enum secret_result secret_alloc(size_t size, void **memory);

/* Wipe and free; ${size} is the size of the allocation. NULL is fine. */
void secret_free(void *memory, size_t size);

/* Wipe a C string of malloc(3) and free it. NULL is fine. */
void secret_free_text(char *text);

/* Zero bytes in a way that the compiler keeps. NULL is fine with size 0. */
void secret_wipe(void *memory, size_t size);

/* Return true when the ${size} bytes are equal, in a time that does not depend on them. */
bool secret_equal(const void *a, const void *b, size_t size);

#endif
