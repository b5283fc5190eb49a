#ifndef CRYPTO_FF1_H
#define CRYPTO_FF1_H

#include <stddef.h>

/*
 * FF1 (NIST SP 800-38G, with the domain of at least a million of its revision 1): encryption that
 * keeps a string of numerals a string of numerals, of the same radix and length. A wrong key cannot
 * be told. Not for use by several threads at once.
 *
 * What the key, the tweak and a length decide is worked out once and kept: only the first value of
 * a length allocates.
 */
struct ff1;

/* The radix, and the most numerals of one string. */
enum { FF1_MIN_RADIX = 2, FF1_MAX_RADIX = 256, FF1_MAX = 128 };

/* The least number of numerals that gives a domain of a million strings. */
size_t ff1_least(unsigned radix);

/*
 * ff1_new(key, key_length, radix, tweak, tweak_length):
 * ${key} of 16, 24 or 32 bytes; ${tweak} of any length below 2^32, and it may be empty. Neither is
 * kept as it is; the caller wipes the key. NULL: another length or radix, or out of memory.
 */
struct ff1 *ff1_new(const unsigned char *key, size_t key_length, unsigned radix, const void *tweak,
    size_t tweak_length);
void ff1_free(struct ff1 *ff1); /* wipes; NULL is fine */

/* Take another tweak from here on. 0, or -1: out of memory, and the tweak is what it was. */
int ff1_set_tweak(struct ff1 *ff1, const void *tweak, size_t tweak_length);

/*
 * ${in} and ${out}, which may be the same, are ${length} numerals, each a byte from 0 to radix - 1,
 * the most significant first. 0; or -1, with ${out} undefined: fewer numerals than ff1_least(), or
 * more than FF1_MAX, or one that is none; or OpenSSL failed, or out of memory.
 */
int ff1_encrypt(struct ff1 *ff1, const unsigned char *in, size_t length, unsigned char *out);
int ff1_decrypt(struct ff1 *ff1, const unsigned char *in, size_t length, unsigned char *out);

/* Compute the nine samples of NIST for FF1, both ways. 0, or -1 when one does not come out. */
int ff1_self_test(void);

#endif
