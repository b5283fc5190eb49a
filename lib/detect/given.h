#ifndef DETECT_GIVEN_H
#define DETECT_GIVEN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * given_is_name(word, length):
 * Whether the word, in any case, is one of some hundred given names that are common where English,
 * German, French, Spanish, Italian and Polish are spoken. Far from all: it tells what a list of
 * names looks like, not whether a word is one.
 */
bool given_is_name(const char *word, size_t length);

#endif
