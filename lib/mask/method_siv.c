#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"
#include "crypto/siv.h"
#include "mask/canonical.h"
#include "mask/method_siv.h"

enum { DERIVED = 64 };

struct key {
    struct token_head head;
    struct siv *siv;
};

struct method_siv_state {
    const struct keyring *ring;
    const char *tag;
    unsigned canonical; /* options of the method; METHOD_UNSET for sealed content */
    unsigned pad;
    size_t count;
    struct key keys[]; /* indexed by key of the ring */
};

static bool open_key(struct method_siv_state *state, size_t key, const char *method,
    const char *domain, size_t domain_length)
{
    unsigned char derived[DERIVED];
    struct token_head *head = &state->keys[key].head;
    token_head_set(head, state->tag, keyring_id(state->ring, key));
    struct buf datum;
    buf_init(&datum, SIZE_MAX);
    buf_append(&datum, head->text, head->length);
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
    state->keys[key].siv = siv;
    return siv != NULL;
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
    state->canonical = METHOD_UNSET;
    state->pad = METHOD_UNSET;
    state->count = count;
    for (size_t i = 0; i < count; i++) {
        if (!open_key(state, i, method, domain, domain_length)) {
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
        siv_free(state->keys[i].siv);
    free(state);
}

int method_siv_seal(struct method_siv_state *state, size_t key, struct buf *scratch,
    struct buf *out)
{
    unsigned char *bytes = (unsigned char *)scratch->data;
    const struct key *with = &state->keys[key];
    if (siv_seal(with->siv, bytes + SIV_TAG, scratch->length - SIV_TAG, bytes) != 0)
        return -1;
    return token_write(out, &with->head, bytes, scratch->length);
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
        siv_open(state->keys[key].siv, bytes, scratch->length, bytes + SIV_TAG) == 0;
    return opened ? TOKEN_OK : TOKEN_MALFORMED;
}

static void *open_method(const struct method_use *use)
{
    struct method_siv_state *state =
        method_siv_open(use->ring, "siv", "siv1", use->domain, use->domain_length);
    if (state != NULL) {
        state->canonical = use->options[METHOD_CANONICAL];
        state->pad = use->options[METHOD_PAD];
    }
    return state;
}

static void close_method(void *state)
{
    method_siv_close(state);
}

static enum token_result mask(void *opaque, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    struct method_siv_state *state = opaque;
    if (token_plain(value, SIV_TAG, scratch) != 0)
        return TOKEN_FAILED;
    if (state->canonical != METHOD_UNSET) {
        if (canonical_make(scratch, SIV_TAG, state->canonical) != TOKEN_OK)
            return scratch->failed ? TOKEN_FAILED : TOKEN_MALFORMED;
        if (scratch->length == SIV_TAG + 1) /* "" is never masked */
            return buf_puts(out, "\"\"") == 0 ? TOKEN_OK : TOKEN_FAILED;
    }
    if (state->pad != METHOD_UNSET && token_pad(scratch, SIV_TAG, state->pad) != 0)
        return TOKEN_FAILED;
    return method_siv_seal(state, key, scratch, out) == 0 ? TOKEN_OK : TOKEN_FAILED;
}

static enum token_result unmask(void *state, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    (void)key; /* the token names it */
    enum token_result result = method_siv_unseal(state, value, scratch);
    if (result != TOKEN_OK)
        return result;
    return token_restore(out, scratch, SIV_TAG);
}

static bool made(void *state, const struct token_value *value, struct buf *scratch)
{
    return method_siv_unseal(state, value, scratch) == TOKEN_OK;
}

const struct method_work method_siv = {
    .open = open_method,
    .close = close_method,
    .mask = mask,
    .unmask = unmask,
    .made = made,
};
