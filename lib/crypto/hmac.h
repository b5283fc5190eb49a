#ifndef CRYPTO_HMAC_H
#define CRYPTO_HMAC_H

#include <stddef.h>

/* HMAC-SHA-256 (RFC 2104, FIPS 198-1). The key is processed once; a value allocates nothing. */
struct hmac;

enum { HMAC_SIZE = 32 };

/*
 * Return HMAC under a key of any length, or NULL when memory runs out. The key is not kept; the
 * caller wipes it.
 */
struct hmac *hmac_new(const void *key, size_t key_length);
void hmac_free(struct hmac *hmac); /* wipes; NULL is fine */

/* Compute the MAC of data[0, length). Return 0, or -1 when OpenSSL failed. */
int hmac_compute(struct hmac *hmac, const void *data, size_t length, unsigned char mac[HMAC_SIZE]);

/* In parts: begin, any number of updates, end. Each returns 0, or -1. */
int hmac_begin(struct hmac *hmac);
int hmac_update(struct hmac *hmac, const void *data, size_t length);
int hmac_end(struct hmac *hmac, unsigned char mac[HMAC_SIZE]);

/* Do the same for a key that is used once. Return 0, or -1. */
int hmac_once(const void *key, size_t key_length, const void *data, size_t length,
    unsigned char mac[HMAC_SIZE]);

#endif
