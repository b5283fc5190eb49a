#ifndef DETECT_LIKELY_H
#define DETECT_LIKELY_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/census.h"
#include "detect/meaning.h"

/* A scalar of JSON: a string, decoded, or a number as it is spelt. */
struct likely {
    const char *text;
    size_t length;
    bool number;
    const struct census *census; /* what census_take() counted in it */
};

/*
 * likely_kinds(value, kinds, weak, traits):
 * Those of the set ${kinds} that a key speaks of (detect/key_meaning.h) which the value can be, by
 * its shape: of a key such as "birthday" a date, of "phone" digits, of "name" letters. A weak
 * KEY_NAME takes a given name that is known, unless ${traits} has KEY_PERSON and not KEY_NOUN.
 */
unsigned likely_kinds(const struct likely *value, unsigned kinds, unsigned weak, unsigned traits);

/* Whether the text has the form of a person's name: two to five words, with capitals, none of which
 * is a company's or a place's. */
bool likely_formed(const struct likely *value);

/* Of one that is so formed, whether it is a name whatever its key: the first word is a given name
 * that is known. */
bool likely_given(const struct likely *value);

/* Both. */
bool likely_person(const char *text, size_t length);

/* Whether a key is a person's name, and no label such as "Max Speed" or "Bill To". */
bool likely_person_key(const char *key, size_t length);

/*
 * Whether it names nobody by itself: a UUID, a number, or letters and digits of a generator; with
 * KEY_SURROGATE in ${traits} whatever has a digit in it.
 */
bool likely_opaque(const struct likely *value, unsigned traits);

#endif
