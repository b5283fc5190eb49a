#ifndef MASK_METHOD_PARTS_H
#define MASK_METHOD_PARTS_H

#include "crypto/hmac.h"
#include "mask/method_work.h"

/* Functions shared by several methods. */

/*
 * Return HMAC-SHA-256 under 32 bytes of keyring_derive() for ${method}, the domain and the key with
 * this number. The caller frees it. Return NULL when memory runs out or OpenSSL failed.
 */
struct hmac *method_parts_hmac(const struct method_use *use, const char *method, size_t key);

/*
 * Put the text of a string into ${scratch}, where it stays until the next call and may be changed.
 * Return TOKEN_MALFORMED when the value is not a string.
 */
enum token_result method_parts_text(const struct token_value *value, struct buf *scratch,
    char **text, size_t *length);

/* Append text that needs no escapes as a JSON string. */
enum token_result method_parts_quote(struct buf *out, const char *text, size_t length);

/* Return true when a method without a key leaves the value unchanged. */
bool method_parts_stays(const struct method_work *work, void *state,
    const struct token_value *value, struct buf *scratch);

#endif
