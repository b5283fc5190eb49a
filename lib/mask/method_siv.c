#include "mask/method_siv.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"
#include "crypto/siv.h"

enum { DERIVED = 64 };

struct method_siv_state {
    const struct keyring *ring;
    const char *tag;
    struct token_head head; /* of the primary key */
    size_t primary;
    size_t count;
    struct siv *keys[]; /* by their numbers in the ring */
};

static struct siv *open_key(const struct method_siv_state *state, size_t key, const char *method,
    const char *domain, size_t domain_length)
{
    unsigned char derived[DERIVED];
    struct token_head head = { .length = 0 };
    token_head_set(&head, state->tag, keyring_id(state->ring, key));
    struct buf datum;
    buf_init(&datum, SIZE_MAX);
    buf_append(&datum, head.text, head.length);
    buf_append(&datum, domain, domain_length);
    struct siv *siv = NULL;
    if (!datum.failed &&
        keyring_derive(state->ring, key, method, domain, domain_length, derived, sizeof derived) ==
            0)
        siv = siv_new(derived, sizeof derived);
    if (siv != NULL && siv_add_ad(siv, datum.data, datum.length) != 0) {
        siv_free(siv);
        siv = NULL;
    }
    secret_wipe(derived, sizeof derived);
    buf_free(&datum);
    return siv;
}

struct method_siv_state *method_siv_open(const struct keyring *ring, const char *method,
    const char *tag, const char *domain, size_t domain_length)
{
    size_t count = keyring_count(ring);
    struct method_siv_state *state = calloc(1, sizeof *state + count * sizeof state->keys[0]);
    if (state == NULL)
        return NULL;
    state->ring = ring;
    state->tag = tag;
    state->count = count;
    state->primary = keyring_primary(ring);
    token_head_set(&state->head, tag, keyring_id(ring, state->primary));
    for (size_t i = 0; i < count; i++) {
        state->keys[i] = open_key(state, i, method, domain, domain_length);
        if (state->keys[i] == NULL) {
            method_siv_close(state);
            return NULL;
        }
    }
    return state;
}

void method_siv_close(struct method_siv_state *state)
{
    if (state == NULL)
        return;
    for (size_t i = 0; i < state->count; i++)
        siv_free(state->keys[i]);
    free(state);
}

int method_siv_seal(struct method_siv_state *state, struct buf *scratch, struct buf *out)
{
    unsigned char *bytes = (unsigned char *)scratch->data;
    if (siv_seal(state->keys[state->primary], bytes + SIV_TAG, scratch->length - SIV_TAG, bytes) !=
        0)
        return -1;
    return token_write(out, &state->head, bytes, scratch->length);
}

enum token_result method_siv_unseal(struct method_siv_state *state, const struct token_value *value,
    struct buf *scratch)
{
    size_t key;
    enum token_result result = token_read(value, state->tag, state->ring, scratch, &key);
    if (result != TOKEN_OK)
        return result;
    unsigned char *bytes = (unsigned char *)scratch->data;
    bool opened = scratch->length > SIV_TAG &&
        siv_open(state->keys[key], bytes, scratch->length, bytes + SIV_TAG) == 0;
    return opened ? TOKEN_OK : TOKEN_MALFORMED;
}

static void *open_method(const struct keyring *ring, const char *domain, size_t domain_length)
{
    return method_siv_open(ring, "siv", "siv1", domain, domain_length);
}

static void close_method(void *state)
{
    method_siv_close(state);
}

static int mask(void *state, const struct token_value *value, struct buf *scratch, struct buf *out)
{
    return token_plain(value, SIV_TAG, scratch) == 0 ? method_siv_seal(state, scratch, out) : -1;
}

static enum token_result unmask(void *state, const struct token_value *value, struct buf *scratch,
    struct buf *out)
{
    enum token_result result = method_siv_unseal(state, value, scratch);
    if (result != TOKEN_OK)
        return result;
    return token_restore(out, scratch->data + SIV_TAG, scratch->length - SIV_TAG);
}

static bool made(void *state, const struct token_value *value, struct buf *scratch)
{
    return method_siv_unseal(state, value, scratch) == TOKEN_OK;
}

const struct method method_siv = {
    .name = "siv",
    .action = METHOD_REPLACE,
    .keyed = true,
    .reversible = true,
    .open = open_method,
    .close = close_method,
    .mask = mask,
    .unmask = unmask,
    .made = made,
};
