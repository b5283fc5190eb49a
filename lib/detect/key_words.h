#ifndef DETECT_KEY_WORDS_H
#define DETECT_KEY_WORDS_H

#include <stddef.h>

#include "detect/meaning.h"

/*
 * The words of keys, folded (detect/fold.h). Words of one entry stand side by side in the key, with
 * or without a boundary between them; the entry begins and ends at boundaries, but for a "*", which
 * stands for more letters of the same word. Entries are separated by "|". Only lib/detect includes
 * this.
 */
struct key_words {
    unsigned kinds;
    unsigned traits;
    const char *entries;
};

extern const struct key_words key_words[];
extern const size_t key_words_count;

/*
 * What is called after a person or a personal value and is neither: a user agent, a mail server. In
 * the same form. Their words say nothing of kinds and persons.
 */
extern const char key_words_compounds[];

#endif
