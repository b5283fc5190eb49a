#ifndef BASE_RECENT_H
#define BASE_RECENT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The texts that were last seen, so many of them, known by digests of 64 bits: two different texts
 * pass for one with a chance of count / 2^64. Memory grows with what is seen, to about 19 bytes for
 * each of the count.
 */
struct recent;

/* Remember the last ${count} texts, 1 to 2^24. NULL: out of memory. */
struct recent *recent_new(size_t count);
void recent_free(struct recent *recent); /* NULL is fine */

enum recent_result {
    RECENT_NEW,   /* from now on it is known; when there are too many, the first is forgotten */
    RECENT_KNOWN, /* it keeps its place */
    RECENT_NO_MEMORY
};

enum recent_result recent_add(struct recent *recent, const void *text, size_t length);

#endif
