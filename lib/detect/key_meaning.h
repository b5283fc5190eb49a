#ifndef DETECT_KEY_MEANING_H
#define DETECT_KEY_MEANING_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/detect.h"
#include "detect/meaning.h"

/*
 * The meaning of a member's key for its value, in English, German, French, Spanish, Italian and
 * Polish. The words may be in camelCase, snake_case, kebab-case or none: clientIp, numer_telefonu,
 * Geburtsdatum, codice-fiscale, date_of_birth.
 */

/* Return the name of a kind up to KEY_KINDS: "ip", "name", …, or that of detect_name(). */
const char *key_meaning_kind_name(unsigned kind);

struct key_meaning {
    unsigned kinds;  /* a set of kinds, of detect/detect.h and of enum key_kind */
    unsigned weak;   /* those kinds whose word also describes things: name, position */
    unsigned traits; /* of enum key_trait */
};

/* Read key[0, length), decoded. This takes some microseconds, so cache the result. */
void key_meaning_read(const char *key, size_t length, struct key_meaning *meaning);

/*
 * key_meaning_is_data(key, length):
 * Return true when a key is itself a value, as in a map. Such a key is a piece of a kind of
 * detect/detect.h, a UUID, digits or a date, a hash, a person's name, or longer than any name.
 * Never print it.
 */
bool key_meaning_is_data(const char *key, size_t length);

#endif
