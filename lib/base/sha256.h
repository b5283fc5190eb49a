#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256 (FIPS 180-4), for ledger keys only. pg-load may not link libcrypto: it never holds the
 * masking key, and its list of libraries is how that is checked. Programs that may link libcrypto
 * use lib/crypto instead.
 */
enum { SHA256_SIZE = 32 };

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
};

void sha256_init(struct sha256 *sha);
void sha256_update(struct sha256 *sha, const void *data, size_t length);
void sha256_final(struct sha256 *sha, unsigned char digest[SHA256_SIZE]);

#endif
