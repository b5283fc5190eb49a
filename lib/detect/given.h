#ifndef DETECT_GIVEN_H
#define DETECT_GIVEN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * given_is_name(word, length):
 * Whether the word, in any case, is one of two thousand given names that are common where English,
 * German, French, Spanish, Italian and Polish are spoken. Far from all: it tells what a list of
 * names looks like, not whether a word is one.
 */
bool given_is_name(const char *word, size_t length);

/*
 * given_is_thing(word, length):
 * Whether the word makes a name one of a company, a place or a title, in spite of a given name
 * beside it: "Villa Maria", "Bernard SARL", "Escuela Santa Clara".
 */
bool given_is_thing(const char *word, size_t length);

#endif
