#ifndef PII_KEYGEN_ROTATE_H
#define PII_KEYGEN_ROTATE_H

#include "keygen.h"

/*
 * rotate_key_file(path, group_readable, id, error):
 * Add a new primary key to a key file and make the old primary key decrypt-only. The other lines,
 * the mode and the owner stay. The new file replaces the old one atomically. A symbolic link stays;
 * its target is replaced. Rotations of one file exclude each other. ${error} must have the cause
 * KEYGEN_OK before the call. Return 0 with the new key's id, or -1 with the old file in place (with
 * KEYGEN_DURABLE, the new one is in place).
 */
int rotate_key_file(const char *path, bool group_readable, char id[KEYRING_ID + 1],
    struct keygen_error *error);

#endif
