#ifndef MASK_METHOD_PARTS_H
#define MASK_METHOD_PARTS_H

#include "crypto/hmac.h"
#include "mask/method_work.h"

/* What several methods do alike. */

/*
 * HMAC-SHA-256 under 32 bytes of keyring_derive() for ${method}, the domain and the key of that
 * number. The caller frees it. NULL: out of memory, or OpenSSL failed.
 */
struct hmac *method_parts_hmac(const struct method_use *use, const char *method, size_t key);

/*
 * The text of a string, in ${scratch}, whose content it is until the next call; it may be changed
 * there. TOKEN_MALFORMED: the value is no string.
 */
enum token_result method_parts_text(const struct token_value *value, struct buf *scratch,
    char **text, size_t *length);

/* Append text that needs no escapes as a JSON string. */
enum token_result method_parts_quote(struct buf *out, const char *text, size_t length);

/* Whether the value stays what it is when it is masked once more, by a method without a key. */
bool method_parts_stays(const struct method_work *work, void *state,
    const struct token_value *value, struct buf *scratch);

#endif
