#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

/* Digests: SHA-256 (FIPS 180-4), and MD5 (RFC 1321) only for the checksums of SQS. */

enum digest_kind { DIGEST_MD5, DIGEST_SHA256 };

enum { DIGEST_MD5_SIZE = 16, DIGEST_SHA256_SIZE = 32 };

/*
 * Digest data in one call. Return 0, or -1 when OpenSSL refuses the algorithm or memory runs out.
 */
int digest_md5(const void *data, size_t length, unsigned char out[DIGEST_MD5_SIZE]);
int digest_sha256(const void *data, size_t length, unsigned char out[DIGEST_SHA256_SIZE]);

/*
 * In parts: new, any number of updates, final; then the object starts again. Update and final
 * return 0, or -1 when memory runs out; the object then starts again, too.
 */
struct digest;

struct digest *digest_new(enum digest_kind kind); /* NULL: refused, or out of memory */
void digest_free(struct digest *digest);          /* NULL is fine */
int digest_update(struct digest *digest, const void *data, size_t length);
int digest_final(struct digest *digest, unsigned char *out); /* 16 or 32 bytes, by kind */

/* Write ${length} bytes as 2 * length lower-case hex digits, without a NUL. */
void digest_hex(const unsigned char *bytes, size_t length, char *out);

/* Return true when hex[0, hex_length), of either case, spells bytes[0, length). */
bool digest_is_hex(const unsigned char *bytes, size_t length, const char *hex, size_t hex_length);

#endif
