#ifndef PII_KEYGEN_CREATE_H
#define PII_KEYGEN_CREATE_H

#include "keygen.h"

/*
 * create_key_file(path, id, error):
 * Make a key file with one new primary key, mode 0600. Never overwrite a file. A failure leaves no
 * file, except with KEYGEN_DURABLE: then the file is complete. Return 0 with the key's id, or -1.
 */
int create_key_file(const char *path, char id[KEYRING_ID + 1], struct keygen_error *error);

#endif
