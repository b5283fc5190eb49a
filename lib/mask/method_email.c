#include <stdlib.h>
#include <string.h>

#include "json/string.h"
#include "mask/mail.h"
#include "mask/method_email.h"
#include "mask/method_parts.h"

enum { KEPT = 16, NAME = 26 };

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

struct state {
    const char *domains; /* the option, or NULL */
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
    free(state);
}

static void *open_method(const struct method_use *use)
{
    size_t count = keyring_count(use->ring);
    struct state *state = calloc(1, sizeof *state + count * sizeof state->keys[0]);
    if (state == NULL)
        return NULL;
    state->domains = use->text;
    state->count = count;
    for (size_t i = 0; i < count; i++) {
        state->keys[i] = method_parts_hmac(use, "email", i);
        if (state->keys[i] == NULL) {
            close_method(state);
            return NULL;
        }
    }
    return state;
}

/* Return the five bits of the MAC from ${bit} on, with zeroes behind its end. */
static unsigned bits_at(const unsigned char mac[KEPT], size_t bit)
{
    unsigned two = (unsigned)mac[bit / 8] << 8 | (bit / 8 + 1 < KEPT ? mac[bit / 8 + 1] : 0);
    return two >> (11 - bit % 8) & 31;
}

static enum token_result mask(void *opaque, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    const struct state *state = opaque;
    unsigned char mac[HMAC_SIZE];
    char text[NAME + 1 + MAIL_DOMAIN_MAX];
    char *address;
    size_t length, at;
    enum token_result result = method_parts_text(value, scratch, &address, &length);
    if (result != TOKEN_OK)
        return result;
    mail_lower(address, length);
    if (!mail_read(address, length, &at))
        return TOKEN_MALFORMED;
    if (hmac_compute(state->keys[key], address, length, mac) != 0)
        return TOKEN_FAILED;
    for (size_t i = 0; i < NAME; i++)
        text[i] = base32[bits_at(mac, 5 * i)];
    const char *domain = address + at + 1;
    size_t size = length - at - 1;
    if (state->domains != NULL && !mail_domains_have(state->domains, domain, size)) {
        domain = METHOD_EMAIL_HIDDEN;
        size = sizeof METHOD_EMAIL_HIDDEN - 1;
    }
    text[NAME] = '@';
    memcpy(text + NAME + 1, domain, size);
    return json_string_encode(out, text, NAME + 1 + size) == 0 ? TOKEN_OK : TOKEN_FAILED;
}

/* Return true for the shape of a result: two bits of the last character are not from the MAC. */
static bool made(void *opaque, const struct token_value *value, struct buf *scratch)
{
    const struct state *state = opaque;
    char *text;
    size_t length, at;
    if (method_parts_text(value, scratch, &text, &length) != TOKEN_OK ||
        !mail_read(text, length, &at) || at != NAME || strchr("aeimquy4", text[NAME - 1]) == NULL)
        return false;
    for (size_t i = 0; i < NAME; i++)
        if (memchr(base32, text[i], sizeof base32 - 1) == NULL)
            return false;
    const char *domain = text + at + 1;
    size_t size = length - at - 1;
    return state->domains == NULL || mail_domains_have(state->domains, domain, size) ||
        (size == sizeof METHOD_EMAIL_HIDDEN - 1 && memcmp(domain, METHOD_EMAIL_HIDDEN, size) == 0);
}

const struct method_work method_email = {
    .open = open_method,
    .close = close_method,
    .mask = mask,
    .made = made,
};
