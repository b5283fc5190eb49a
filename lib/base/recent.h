#ifndef BASE_RECENT_H
#define BASE_RECENT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The last N texts seen, known by digests of 64 bits: two different texts are confused with a
 * chance of N / 2^64. Memory grows with the number of texts seen, to about 19 bytes times N.
 */
struct recent;

/* Remember the last ${count} texts, 1 to 2^24. NULL: out of memory. */
struct recent *recent_new(size_t count);
void recent_free(struct recent *recent); /* NULL is fine */

enum recent_result {
    RECENT_NEW,   /* now known; beyond ${count} texts the oldest is dropped */
    RECENT_KNOWN, /* it keeps its place */
    RECENT_NO_MEMORY
};

/* Return true when text[0, length) is known. Nothing changes. */
bool recent_has(const struct recent *recent, const void *text, size_t length);

/* Look for text[0, length), and remember it if it is new. */
enum recent_result recent_add(struct recent *recent, const void *text, size_t length);

#endif
