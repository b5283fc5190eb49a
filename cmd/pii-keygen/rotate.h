#ifndef PII_KEYGEN_ROTATE_H
#define PII_KEYGEN_ROTATE_H

#include "keygen.h"

/*
 * rotate_key_file(path, group_readable, id, error):
 * Add a new primary key to a key file and make the one that was primary decrypt-only. All other
 * lines, the mode and the owner stay. The new file replaces the old at once, as a whole; a symbolic
 * link stays, its target is replaced. Two at a time exclude each other. 0 with the new key's id, or
 * -1 with the old file in place (but with KEYGEN_DURABLE, when the new one is).
 */
int rotate_key_file(const char *path, bool group_readable, char id[KEYRING_ID + 1],
    struct keygen_error *error);

#endif
