#include "mask/method_hmac.h"

#include <stdlib.h>

#include "crypto/hmac.h"
#include "crypto/secret.h"

enum { DERIVED = 32, KEPT = 16 };

#define TAG "hmac1"

struct state {
    const struct keyring *ring;
    struct token_head head;
    struct hmac *hmac; /* of the primary key */
};

static void close_method(void *opaque)
{
    struct state *state = opaque;
    if (state == NULL)
        return;
    hmac_free(state->hmac);
    free(state);
}

static void *open_method(const struct keyring *ring, const char *domain, size_t domain_length)
{
    struct state *state = calloc(1, sizeof *state);
    if (state == NULL)
        return NULL;
    unsigned char derived[DERIVED];
    size_t primary = keyring_primary(ring);
    state->ring = ring;
    token_head_set(&state->head, TAG, keyring_id(ring, primary));
    if (keyring_derive(ring, primary, "hmac", domain, domain_length, derived, sizeof derived) == 0)
        state->hmac = hmac_new(derived, sizeof derived);
    secret_wipe(derived, sizeof derived);
    if (state->hmac == NULL) {
        close_method(state);
        return NULL;
    }
    return state;
}

static int mask(void *opaque, const struct token_value *value, struct buf *scratch, struct buf *out)
{
    struct state *state = opaque;
    unsigned char mac[HMAC_SIZE];
    if (token_plain(value, 0, scratch) != 0 ||
        hmac_compute(state->hmac, scratch->data, scratch->length, mac) != 0)
        return -1;
    return token_write(out, &state->head, mac, KEPT);
}

/* Only its shape can be told. */
static bool made(void *opaque, const struct token_value *value, struct buf *scratch)
{
    const struct state *state = opaque;
    size_t key;
    return token_read(value, TAG, state->ring, scratch, &key) == TOKEN_OK &&
        scratch->length == KEPT;
}

const struct method method_hmac = {
    .name = "hmac",
    .action = METHOD_REPLACE,
    .keyed = true,
    .open = open_method,
    .close = close_method,
    .mask = mask,
    .made = made,
};
