#ifndef RECORD_CLAIM_H
#define RECORD_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

/* What a masked record shows for it: the form alone, which everybody can write. */

enum { CLAIM_KEY_ID = 8 };

/* Whether text[0, length) is the id of a key: so many hexadecimal digits, small letters. */
bool claim_is_key_id(const char *text, size_t length);

/* Whether the JSON text of a value, quotes included, is "seal1.KEYID.BASE64URL". */
bool claim_is_sealed(const char *value, size_t length);

#endif
