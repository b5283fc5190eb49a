#ifndef RECORD_CLAIM_H
#define RECORD_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

/* Recognise masked records by their form alone, which anybody can write. */

enum { CLAIM_KEY_ID = 8 };

/*
 * Return true when text[0, length) has the form of a key id: eight hexadecimal digits in lower
 * case.
 */
bool claim_is_key_id(const char *text, size_t length);

/* Return true when the JSON text of a value, quotes included, is "seal1.KEYID.BASE64URL". */
bool claim_is_sealed(const char *value, size_t length);

#endif
