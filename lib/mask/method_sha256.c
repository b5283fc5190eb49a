#include "crypto/digest.h"
#include "json/string.h"
#include "mask/method_sha256.h"

enum { HEX = 2 * DIGEST_SHA256_SIZE };

/* Open the method with one digest for all values, because making one allocates. */
static void *open_method(const struct method_use *use)
{
    (void)use;
    return digest_new(DIGEST_SHA256);
}

static void close_method(void *state)
{
    digest_free(state);
}

static enum token_result mask(void *state, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    unsigned char digest[DIGEST_SHA256_SIZE];
    (void)key;
    if (token_plain(value, 0, scratch) != 0) /* a type byte, then the text */
        return TOKEN_FAILED;
    char *place = buf_reserve(out, HEX + 2);
    if (place == NULL || digest_update(state, scratch->data + 1, scratch->length - 1) != 0 ||
        digest_final(state, digest) != 0)
        return TOKEN_FAILED;
    place[0] = '"';
    digest_hex(digest, sizeof digest, place + 1);
    place[HEX + 1] = '"';
    out->length += HEX + 2;
    return TOKEN_OK;
}

/* Return true for the shape of a result. */
static bool made(void *state, const struct token_value *value, struct buf *scratch)
{
    (void)state;
    (void)scratch;
    if (value->kind != JSON_STRING || value->length != HEX + 2)
        return false;
    for (size_t i = 1; i <= HEX; i++)
        if (!((value->text[i] >= '0' && value->text[i] <= '9') ||
                (value->text[i] >= 'a' && value->text[i] <= 'f')))
            return false;
    return true;
}

const struct method_work method_sha256 = {
    .open = open_method,
    .close = close_method,
    .mask = mask,
    .made = made,
};
