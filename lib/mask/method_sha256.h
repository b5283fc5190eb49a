#ifndef MASK_METHOD_SHA256_H
#define MASK_METHOD_SHA256_H

#include "mask/method_work.h"

/*
 * sha256: SHA-256 (FIPS 180-4) of a string's decoded text, or of another value's JSON text, as 64
 * lower-case hexadecimal digits. No key: for tables that already hold such hashes.
 */
extern const struct method_work method_sha256;

#endif
