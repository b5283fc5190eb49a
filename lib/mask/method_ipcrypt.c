#include <stdlib.h>

#include "crypto/ipcrypt.h"
#include "crypto/secret.h"
#include "mask/address.h"
#include "mask/method_ipcrypt.h"

struct state {
    size_t count;
    struct ipcrypt *keys[]; /* indexed by key of the ring */
};

static void close_method(void *opaque)
{
    struct state *state = opaque;
    if (state == NULL)
        return;
    for (size_t i = 0; i < state->count; i++)
        ipcrypt_free(state->keys[i]);
    free(state);
}

static void *open_keys(const struct method_use *use, const char *method,
    enum ipcrypt_variant variant, size_t key_length)
{
    size_t count = keyring_count(use->ring);
    struct state *state = calloc(1, sizeof *state + count * sizeof state->keys[0]);
    if (state == NULL)
        return NULL;
    state->count = count;
    for (size_t i = 0; i < count; i++) {
        unsigned char derived[IPCRYPT_PREFIX_KEY];
        if (keyring_derive(use->ring, i, method, use->domain, use->domain_length, derived,
                key_length) == 0)
            state->keys[i] = ipcrypt_new(variant, derived);
        secret_wipe(derived, sizeof derived);
        if (state->keys[i] == NULL) {
            close_method(state);
            return NULL;
        }
    }
    return state;
}

static void *open_deterministic(const struct method_use *use)
{
    return open_keys(use, "ipcrypt", IPCRYPT_DETERMINISTIC, IPCRYPT_DETERMINISTIC_KEY);
}

static void *open_prefix(const struct method_use *use)
{
    return open_keys(use, "ipcrypt-pfx", IPCRYPT_PREFIX, IPCRYPT_PREFIX_KEY);
}

static enum token_result mask(void *opaque, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    const struct state *state = opaque;
    unsigned char address[ADDRESS_SIZE];
    if (!address_read(value, scratch, address))
        return TOKEN_MALFORMED;
    if (ipcrypt_encrypt(state->keys[key], address, address) != 0 ||
        address_write(out, address) != 0)
        return TOKEN_FAILED;
    return TOKEN_OK;
}

static enum token_result unmask(void *opaque, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    const struct state *state = opaque;
    unsigned char address[ADDRESS_SIZE];
    if (!address_read(value, scratch, address))
        return TOKEN_MALFORMED;
    if (key == KEYRING_NONE)
        return TOKEN_NO_KEY_ID;
    if (ipcrypt_decrypt(state->keys[key], address, address) != 0 ||
        address_write(out, address) != 0)
        return TOKEN_FAILED;
    return TOKEN_OK;
}

const struct method_work method_ipcrypt = {
    .open = open_deterministic,
    .close = close_method,
    .mask = mask,
    .unmask = unmask,
};

const struct method_work method_ipcrypt_pfx = {
    .open = open_prefix,
    .close = close_method,
    .mask = mask,
    .unmask = unmask,
};
