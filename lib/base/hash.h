#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * hash_bytes(data, length):
 * Return a hash for tables inside one process: eight bytes a step; every bit of the result is good
 * for a bucket. It has no secret: use it for keys whose sender gains nothing by collisions, or for
 * tables so small that collisions cost nothing. It is never stored, so it may change.
 */
uint64_t hash_bytes(const void *data, size_t length);

#endif
