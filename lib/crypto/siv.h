#ifndef CRYPTO_SIV_H
#define CRYPTO_SIV_H

#include <stddef.h>

/*
 * AES-SIV (RFC 5297): deterministic authenticated encryption. Equal plaintexts under equal keys and
 * associated data give equal outputs. The output shows nothing else but the length.
 *
 * Key schedules and associated data are processed once and kept in the object; sealing and opening
 * a value allocates nothing. Not thread-safe.
 */
struct siv;

enum { SIV_TAG = 16, SIV_MAX_AD = 126 };

/* The longest plaintext, in bytes. */
#define SIV_MAX_PLAIN ((size_t)1 << 30)

/*
 * siv_new(key, key_length):
 * Make a cipher without associated data. ${key} has 32, 48 or 64 bytes, for AES-128, -192 and -256:
 * the half that authenticates, then the half that encrypts. The key is not kept; the caller wipes
 * it. Return NULL for another length, when memory runs out, or when OpenSSL failed.
 */
struct siv *siv_new(const unsigned char *key, size_t key_length);
void siv_free(struct siv *siv); /* wipes; NULL is fine */

/*
 * siv_add_ad(siv, data, length):
 * Add a string of associated data, for all later values. Strings are counted, not joined: ("a","b")
 * is not ("ab"), and an empty string differs from none. Return 0, or -1 when there are SIV_MAX_AD
 * strings or OpenSSL failed; ${siv} is then unchanged.
 */
int siv_add_ad(struct siv *siv, const void *data, size_t length);

/*
 * siv_seal(siv, plain, length, out):
 * Write V || C, SIV_TAG + ${length} bytes, to ${out}. ${plain} may be empty, and may be at out +
 * SIV_TAG; else the two do not overlap. Return 0, or -1 when it is too long or OpenSSL failed: then
 * ${out} holds zeroes or is unchanged.
 */
int siv_seal(struct siv *siv, const void *plain, size_t length, unsigned char *out);

/*
 * siv_open(siv, sealed, length, out):
 * Undo siv_seal(). ${sealed} has ${length} bytes, SIV_TAG or more. ${out} gets length - SIV_TAG
 * bytes and may be sealed + SIV_TAG; else the two do not overlap. Return 0 only when siv_seal()
 * made the bytes with this key and these associated data. Otherwise return -1, and ${out} holds
 * zeroes or is unchanged.
 */
int siv_open(struct siv *siv, const unsigned char *sealed, size_t length, unsigned char *out);

#endif
