#ifndef PII_KEYGEN_CREATE_H
#define PII_KEYGEN_CREATE_H

#include "keygen.h"

/*
 * create_key_file(path, id, error):
 * Make a key file with one new primary key, mode 0600. Nothing is ever overwritten, and nothing is
 * left when it fails (but with KEYGEN_DURABLE, when the file is whole). 0 with the key's id, or -1.
 */
int create_key_file(const char *path, char id[KEYRING_ID + 1], struct keygen_error *error);

#endif
