#include "mask/method_shift.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hmac.h"
#include "crypto/secret.h"
#include "mask/date.h"

enum { DERIVED = 32, NUMBER = 8 };

struct state {
    unsigned most; /* days */
    bool known;    /* go_by() has been given a value */
    long days;     /* that it stands for */
    size_t count;
    struct hmac *keys[]; /* by their numbers in the ring */
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
        unsigned char derived[DERIVED];
        if (keyring_derive(use->ring, i, "shift", use->domain, use->domain_length, derived,
                sizeof derived) == 0)
            state->keys[i] = hmac_new(derived, sizeof derived);
        secret_wipe(derived, sizeof derived);
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
        return TOKEN_OK; /* the value says so */
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
    if (value->kind != JSON_STRING)
        return TOKEN_MALFORMED;
    if (token_plain(value, 0, scratch) != 0) /* a type byte, then the text */
        return TOKEN_FAILED;
    char *text = scratch->data + 1;
    size_t length = scratch->length - 1;
    if (!state->known || !date_read(text, length, &date) || date.day == 0 ||
        !date_move(text, &date, back ? -state->days : state->days))
        return TOKEN_MALFORMED;
    buf_putc(out, '"');
    buf_append(out, text, length);
    return buf_putc(out, '"') == 0 && !out->failed ? TOKEN_OK : TOKEN_FAILED;
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
    return key == KEYRING_NONE ? TOKEN_NO_KEY_ID : move(state, true, value, scratch, out);
}

const struct method_work method_shift = {
    .open = open_method,
    .close = close_method,
    .go_by = go_by,
    .mask = mask,
    .unmask = unmask,
};
