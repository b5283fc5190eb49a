#ifndef BASE_SIMILAR_H
#define BASE_SIMILAR_H

#include <stddef.h>

/*
 * The name that a user may have meant: the one nearest to a word, by letters inserted, left out,
 * changed or swapped with a neighbour. At most a third of the letters of the word may differ, or
 * one of two. Case is ignored.
 */
struct similar {
    const char *word;
    size_t length;
    size_t distance; /* of the best one */
    const char *best;
};

/* Begin a search for word[0, length), which must outlive it. */
void similar_init(struct similar *similar, const char *word, size_t length);

/* Compare one name, which must outlive the search. ${best} is the nearest so far, or NULL. */
void similar_offer(struct similar *similar, const char *name);

#endif
