#ifndef DETECT_KEY_WORDS_H
#define DETECT_KEY_WORDS_H

#include <stddef.h>

#include "detect/meaning.h"

/*
 * The words of keys, folded (detect/fold.h). Words of one entry are adjacent in the key, with or
 * without a boundary between them. The entry begins and ends at boundaries, except at a "*", which
 * means more letters of the same word. "|" separates entries. Only lib/detect includes this.
 */
struct key_words {
    unsigned kinds;
    unsigned traits;
    const char *entries;
};

extern const struct key_words key_words[];
extern const size_t key_words_count;

/*
 * Things named after a person or a personal value: a user agent, a mail server. They have the same
 * form. Their words say nothing about kinds and persons.
 */
extern const char key_words_compounds[];

#endif
