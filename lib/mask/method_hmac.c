#include <stdlib.h>

#include "mask/canonical.h"
#include "mask/method_hmac.h"
#include "mask/method_parts.h"

enum { KEPT = 16 };

#define TAG "hmac1"

struct key {
    struct token_head head;
    struct hmac *hmac;
};

struct state {
    const struct keyring *ring;
    unsigned canonical; /* the option */
    size_t count;
    struct key keys[]; /* indexed by key of the ring */
};

static void close_method(void *opaque)
{
    struct state *state = opaque;
    if (state == NULL)
        return;
    for (size_t i = 0; i < state->count; i++)
        hmac_free(state->keys[i].hmac);
    free(state);
}

static void *open_method(const struct method_use *use)
{
    size_t count = keyring_count(use->ring);
    struct state *state = calloc(1, sizeof *state + count * sizeof state->keys[0]);
    if (state == NULL)
        return NULL;
    state->ring = use->ring;
    state->canonical = use->options[METHOD_CANONICAL];
    state->count = count;
    for (size_t i = 0; i < count; i++) {
        struct key *key = &state->keys[i];
        token_head_set(&key->head, TAG, keyring_id(use->ring, i));
        key->hmac = method_parts_hmac(use, "hmac", i);
        if (key->hmac == NULL) {
            close_method(state);
            return NULL;
        }
    }
    return state;
}

static enum token_result mask(void *opaque, size_t number, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    const struct state *state = opaque;
    const struct key *key = &state->keys[number];
    unsigned char mac[HMAC_SIZE];
    if (token_plain(value, 0, scratch) != 0)
        return TOKEN_FAILED;
    if (state->canonical != METHOD_UNSET) {
        if (canonical_make(scratch, 0, state->canonical) != TOKEN_OK)
            return scratch->failed ? TOKEN_FAILED : TOKEN_MALFORMED;
        if (scratch->length == 1) /* "" is never masked */
            return buf_puts(out, "\"\"") == 0 ? TOKEN_OK : TOKEN_FAILED;
    }
    if (hmac_compute(key->hmac, scratch->data, scratch->length, mac) != 0 ||
        token_write(out, &key->head, mac, KEPT) != 0)
        return TOKEN_FAILED;
    return TOKEN_OK;
}

/* Return true for the shape of a result. */
static bool made(void *opaque, const struct token_value *value, struct buf *scratch)
{
    const struct state *state = opaque;
    size_t key;
    return token_read(value, TAG, state->ring, scratch, &key) == TOKEN_OK &&
        scratch->length == KEPT;
}

const struct method_work method_hmac = {
    .open = open_method,
    .close = close_method,
    .mask = mask,
    .made = made,
};
