#ifndef CRYPTO_FF1_H
#define CRYPTO_FF1_H

#include <stddef.h>

/*
 * FF1 (NIST SP 800-38G, with the domain of at least a million of its revision 1). It encrypts a
 * string of numerals to one of the same radix and length. It cannot detect a wrong key. Not
 * thread-safe.
 *
 * The values for a key, a tweak and a length are computed once and kept: only the first value of a
 * length allocates.
 */
struct ff1;

/* The radix, and the maximum of numerals in one string. */
enum { FF1_MIN_RADIX = 2, FF1_MAX_RADIX = 256, FF1_MAX = 128 };

/* Return the smallest number of numerals that gives a domain of a million strings. */
size_t ff1_least(unsigned radix);

/*
 * ff1_new(key, key_length, radix, tweak, tweak_length):
 * Make a cipher. ${key} has 16, 24 or 32 bytes; ${tweak} has any length below 2^32 and may be
 * empty. Both are copied; the caller wipes the key. Return NULL for another length or radix, or
 * when memory runs out.
 */
struct ff1 *ff1_new(const unsigned char *key, size_t key_length, unsigned radix, const void *tweak,
    size_t tweak_length);
void ff1_free(struct ff1 *ff1); /* wipes; NULL is fine */

/* Use another tweak from now on. Return 0, or -1 when memory runs out, with the tweak unchanged. */
int ff1_set_tweak(struct ff1 *ff1, const void *tweak, size_t tweak_length);

/*
 * Encrypt or decrypt. ${in} and ${out}, which may be equal, are ${length} numerals, each a byte
 * from 0 to radix - 1, the most significant first. Return 0, or -1 with ${out} undefined: fewer
 * numerals than ff1_least(), more than FF1_MAX, an invalid numeral, OpenSSL failed, or out of
 * memory.
 */
int ff1_encrypt(struct ff1 *ff1, const unsigned char *in, size_t length, unsigned char *out);
int ff1_decrypt(struct ff1 *ff1, const unsigned char *in, size_t length, unsigned char *out);

/* Compute the nine samples of NIST for FF1, both ways. Return 0, or -1 when one fails. */
int ff1_self_test(void);

#endif
