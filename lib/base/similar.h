#ifndef BASE_SIMILAR_H
#define BASE_SIMILAR_H

#include <stddef.h>

/*
 * What somebody may have meant: of the names offered, the one nearest to a word, by letters put in,
 * left out, changed, or swapped with a neighbour. Only one that is near is found: a third of the
 * word's letters apart at most. Case counts for nothing.
 */
struct similar {
    const char *word;
    size_t length;
    size_t distance; /* of the best one */
    const char *best;
};

void similar_init(struct similar *similar, const char *word, size_t length);
void similar_offer(struct similar *similar, const char *name);

#endif
