#include <stdint.h>
#include <stdlib.h>

#include "crypto/secret.h"
#include "mask/date.h"
#include "mask/method_parts.h"
#include "mask/method_shift.h"

enum { NUMBER = 8 };

struct state {
    unsigned most; /* days */
    bool known;    /* go_by() got a value */
    long days;     /* of the shift for that value */
    size_t count;
    struct hmac *keys[]; /* indexed by key of the ring */
};

static void close_method(void *opaque)
{
    struct state *state = opaque;
    if (state == NULL)
        return;
    for (size_t i = 0; i < state->count; i++)
        hmac_free(state->keys[i]);
    secret_wipe(&state->days, sizeof state->days);
    free(state);
}

static void *open_method(const struct method_use *use)
{
    size_t count = keyring_count(use->ring);
    struct state *state = calloc(1, sizeof *state + count * sizeof state->keys[0]);
    if (state == NULL)
        return NULL;
    state->most = use->options[METHOD_DAYS];
    state->count = count;
    for (size_t i = 0; i < count; i++) {
        state->keys[i] = method_parts_hmac(use, "shift", i);
        if (state->keys[i] == NULL) {
            close_method(state);
            return NULL;
        }
    }
    return state;
}

static enum token_result go_by(void *opaque, size_t key, const struct token_value *by,
    struct buf *scratch)
{
    struct state *state = opaque;
    unsigned char mac[HMAC_SIZE];
    state->known = false;
    if (by == NULL || key == KEYRING_NONE)
        return TOKEN_OK; /* the value itself shows it */
    if (token_plain(by, 0, scratch) != 0 ||
        hmac_compute(state->keys[key], scratch->data, scratch->length, mac) != 0)
        return TOKEN_FAILED;
    uint64_t number = 0;
    for (size_t i = 0; i < NUMBER; i++)
        number = number << 8 | mac[i];
    long rest = (long)(number % (2 * (uint64_t)state->most));
    long most = (long)state->most;
    state->days = rest < most ? rest - most : rest - most + 1;
    state->known = true;
    return TOKEN_OK;
}

static enum token_result move(const struct state *state, bool back, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    struct date date;
    char *text;
    size_t length;
    enum token_result result = method_parts_text(value, scratch, &text, &length);
    if (result != TOKEN_OK)
        return result;
    if (!date_read(text, length, &date) || date.day == 0)
        return TOKEN_MALFORMED;
    if (out == NULL)
        return TOKEN_NO_KEY_ID;
    if (!state->known || !date_move(text, &date, back ? -state->days : state->days))
        return TOKEN_MALFORMED;
    return method_parts_quote(out, text, length);
}

static enum token_result mask(void *state, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    (void)key;
    return move(state, false, value, scratch, out);
}

static enum token_result unmask(void *state, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    return move(state, true, value, scratch, key == KEYRING_NONE ? NULL : out);
}

const struct method_work method_shift = {
    .open = open_method,
    .close = close_method,
    .go_by = go_by,
    .mask = mask,
    .unmask = unmask,
};
