#ifndef CRYPTO_SIV_H
#define CRYPTO_SIV_H

#include <stddef.h>

/*
 * AES-SIV (RFC 5297): deterministic authenticated encryption. Equal plaintexts under equal keys and
 * associated data give equal outputs, and nothing else about them is shown but their length.
 *
 * Key schedules and the associated data are worked out once and kept in the object; sealing and
 * opening a value allocates nothing. Not for use by several threads at once.
 */
struct siv;

enum { SIV_TAG = 16, SIV_MAX_AD = 126 };

/* The longest plaintext, in bytes. */
#define SIV_MAX_PLAIN ((size_t)1 << 30)

/*
 * siv_new(key, key_length):
 * ${key} is of 32, 48 or 64 bytes, for AES-128, -192 and -256: the half that authenticates, then
 * the half that encrypts. No associated data yet. NULL: another length, or out of memory. The key
 * is not kept; the caller wipes it.
 */
struct siv *siv_new(const unsigned char *key, size_t key_length);
void siv_free(struct siv *siv); /* wipes; NULL is fine */

/*
 * siv_add_ad(siv, data, length):
 * One more string of associated data, for all values to come. Strings are counted, not
 * joined: ("a","b") is not ("ab"), and an empty string is not the same as none. Return 0, or -1
 * when there are SIV_MAX_AD already.
 */
int siv_add_ad(struct siv *siv, const void *data, size_t length);

/*
 * siv_seal(siv, plain, length, out):
 * Write V || C, SIV_TAG + ${length} bytes, to ${out}. ${plain} may be empty, and may stand at
 * out + SIV_TAG; else the two do not overlap. Return 0; or -1 (too long, or OpenSSL failed), when
 * ${out} holds zeroes or is untouched.
 */
int siv_seal(struct siv *siv, const void *plain, size_t length, unsigned char *out);

/*
 * siv_open(siv, sealed, length, out):
 * The opposite: ${sealed} of ${length} bytes, SIV_TAG or more; ${out} takes length - SIV_TAG bytes
 * and may be sealed + SIV_TAG; else the two do not overlap. Return 0 only when the bytes were made
 * by siv_seal() with this key and these associated data. Otherwise -1, and ${out} holds zeroes or
 * is untouched.
 */
int siv_open(struct siv *siv, const unsigned char *sealed, size_t length, unsigned char *out);

#endif
