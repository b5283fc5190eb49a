#ifndef DETECT_KEY_MEANING_H
#define DETECT_KEY_MEANING_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/detect.h"
#include "detect/meaning.h"

/*
 * What the key of a member says of its value, in English, German, French, Spanish, Italian and
 * Polish, in camelCase, snake_case, kebab-case or none: clientIp, numer_telefonu, Geburtsdatum,
 * codice-fiscale, date_of_birth.
 */

/* The name of a kind up to KEY_KINDS: "ip", "name", …, and those of detect_name(). */
const char *key_meaning_kind_name(unsigned kind);

struct key_meaning {
    unsigned kinds;  /* a set of kinds, of detect/detect.h and of above */
    unsigned weak;   /* those of them that the same word says of things, too: name, position */
    unsigned traits; /* of enum key_trait */
};

/* Read key[0, length), decoded. Costs some microseconds: a reader keeps what it has read. */
void key_meaning_read(const char *key, size_t length, struct key_meaning *meaning);

/*
 * key_meaning_is_data(key, length):
 * Whether a key is itself a value, of a map: a piece of a kind of detect/detect.h, a UUID, digits
 * or a date, a hash, a person's name; or longer than any name. Such a key is not to be shown.
 */
bool key_meaning_is_data(const char *key, size_t length);

#endif
