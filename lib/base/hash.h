#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * hash_bytes(data, length):
 * A hash for tables inside one process: eight bytes a step, all bits of the result good for a
 * bucket. It knows no secret: for keys whose sender gains nothing by making them collide, or in
 * tables so small that it does not matter. Never written anywhere, so it may change.
 */
uint64_t hash_bytes(const void *data, size_t length);

#endif
