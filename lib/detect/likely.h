#ifndef DETECT_LIKELY_H
#define DETECT_LIKELY_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/census.h"
#include "detect/meaning.h"

/* A JSON scalar: a decoded string, or a number as spelt. */
struct likely {
    const char *text;
    size_t length;
    bool number;
    const struct census *census; /* the result of census_take() */
};

/*
 * likely_kinds(value, kinds, weak, traits):
 * Return the kinds of the set ${kinds}, which the key names (detect/key_meaning.h), that fit the
 * value's shape. "birthday" needs a date, "phone" digits, "name" letters. A weak KEY_NAME needs a
 * known given name, unless ${traits} has KEY_PERSON and not KEY_NOUN.
 */
unsigned likely_kinds(const struct likely *value, unsigned kinds, unsigned weak, unsigned traits);

/*
 * Return true when the text is formed like a person's name: two to five words with capitals, none
 * of them of a company or a place.
 */
bool likely_formed(const struct likely *value);

/* Return true when such a text is a name under any key: its first word is a known given name. */
bool likely_given(const struct likely *value);

/* Return true when a text passes both tests. */
bool likely_person(const char *text, size_t length);

/* Return true when a key is a person's name, not a label such as "Max Speed" or "Bill To". */
bool likely_person_key(const char *key, size_t length);

/*
 * Return true when the value identifies nobody by itself: a UUID, a number, or generated letters
 * and digits. With KEY_SURROGATE in ${traits} any value with a digit counts.
 */
bool likely_opaque(const struct likely *value, unsigned traits);

#endif
