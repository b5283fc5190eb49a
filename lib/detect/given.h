#ifndef DETECT_GIVEN_H
#define DETECT_GIVEN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * given_is_name(word, length):
 * Return true when the word, in any case, is one of two thousand given names common in English,
 * German, French, Spanish, Italian and Polish. The list is far from complete: it recognizes a list
 * of names, not every name.
 */
bool given_is_name(const char *word, size_t length);

/*
 * given_is_thing(word, length):
 * Return true when the word makes a name that of a company, a place or a title, despite a given
 * name beside it: "Villa Maria", "Bernard SARL", "Escuela Santa Clara".
 */
bool given_is_thing(const char *word, size_t length);

#endif
