#include <string.h>

#include "crypto/secret.h"
#include "mask/method_parts.h"

enum {
    DERIVED = 32,
    ESCAPED = 6 /* most bytes of JSON per byte of text */
};

struct hmac *method_parts_hmac(const struct method_use *use, const char *method, size_t key)
{
    unsigned char derived[DERIVED];
    struct hmac *hmac = NULL;
    if (keyring_derive(use->ring, key, method, use->domain, use->domain_length, derived,
            sizeof derived) == 0)
        hmac = hmac_new(derived, sizeof derived);
    secret_wipe(derived, sizeof derived);
    return hmac;
}

enum token_result method_parts_text(const struct token_value *value, struct buf *scratch,
    char **text, size_t *length)
{
    if (value->kind != JSON_STRING)
        return TOKEN_MALFORMED;
    if (token_plain(value, 0, scratch) != 0) /* a type byte, then the text */
        return TOKEN_FAILED;
    *text = scratch->data + 1;
    *length = scratch->length - 1;
    return TOKEN_OK;
}

enum token_result method_parts_quote(struct buf *out, const char *text, size_t length)
{
    buf_putc(out, '"');
    buf_append(out, text, length);
    return buf_putc(out, '"') == 0 && !out->failed ? TOKEN_OK : TOKEN_FAILED;
}

bool method_parts_stays(const struct method_work *work, void *state,
    const struct token_value *value, struct buf *scratch)
{
    struct buf again;
    buf_init(&again, ESCAPED * value->length + 64);
    bool same = work->mask(state, 0, value, scratch, &again) == TOKEN_OK &&
        again.length == value->length && memcmp(again.data, value->text, value->length) == 0;
    buf_wipe(&again);
    return same;
}
