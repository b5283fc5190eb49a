#ifndef CRYPTO_HKDF_H
#define CRYPTO_HKDF_H

#include <stddef.h>

/* HKDF-SHA-256 (RFC 5869). */

enum { HKDF_MASTER = 32, HKDF_PRK = 32, HKDF_MAX = 255 * 32 };

/*
 * hkdf_derive(master, info, info_length, out, out_length):
 * Extract with the empty salt and expand to ${out_length} bytes, 1 to HKDF_MAX. Return 0, or -1
 * with ${out} wiped. The caller wipes the result.
 */
int hkdf_derive(const unsigned char master[HKDF_MASTER], const void *info, size_t info_length,
    unsigned char *out, size_t out_length);

/*
 * The two steps, for keys and salts of any length (${salt_length} 0: the empty salt). Return 0, or
 * -1.
 */
int hkdf_extract(const void *salt, size_t salt_length, const void *key, size_t key_length,
    unsigned char prk[HKDF_PRK]);
int hkdf_expand(const unsigned char *prk, size_t prk_length, const void *info, size_t info_length,
    unsigned char *out, size_t out_length);

#endif
