#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ff1.h"
#include "crypto/secret.h"
#include "json/string.h"
#include "mask/method_ff1.h"
#include "mask/method_parts.h"
#include "mask/symbol.h"

enum {
    DERIVED = 32,
    LEAST_NUMBER = 7, /* 9 * 10^6 numbers */
    MOST_WALKS = 1000 /* each walk continues with a probability of one in ten */
};

static const char *const alphabets[] = { "0123456789", "0123456789abcdef",
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" };

enum { NO_NUMERAL = 255 };

struct state {
    const char *alphabet;
    size_t kept;        /* first numerals that stay */
    struct buf tweak;   /* with ${kept}: the domain, a zero byte, and space for the kept numerals */
    size_t tweak_begin; /* length of domain and zero byte */
    size_t least;       /* numerals that change */
    unsigned char numerals[128]; /* value of each ASCII character, or NO_NUMERAL */
    size_t count;
    struct ff1 *keys[]; /* indexed by key of the ring */
};

/* The numerals of a value, and their places in the text. */
struct shape {
    size_t count;
    size_t places[FF1_MAX];
    unsigned char numerals[FF1_MAX];
};

typedef int (
    *crypt_function)(struct ff1 *ff1, const unsigned char *in, size_t length, unsigned char *out);

/* ---- opening --------------------------------------------------------------------------------- */

static void close_method(void *opaque)
{
    struct state *state = opaque;
    if (state == NULL)
        return;
    for (size_t i = 0; i < state->count; i++)
        ff1_free(state->keys[i]);
    buf_wipe(&state->tweak);
    free(state);
}

static void *open_method(const struct method_use *use)
{
    size_t count = keyring_count(use->ring);
    struct state *state = calloc(1, sizeof *state + count * sizeof state->keys[0]);
    if (state == NULL)
        return NULL;
    state->count = count;
    state->alphabet = alphabets[use->options[METHOD_ALPHABET] - METHOD_WORD];
    if (use->options[METHOD_KEPT_NUMERALS] != METHOD_UNSET)
        state->kept = use->options[METHOD_KEPT_NUMERALS];
    buf_init(&state->tweak, SIZE_MAX);
    buf_append(&state->tweak, use->domain, use->domain_length);
    buf_putc(&state->tweak, '\0');
    if (buf_reserve(&state->tweak, FF1_MAX) == NULL) {
        close_method(state);
        return NULL;
    }
    state->tweak_begin = state->tweak.length;
    unsigned radix = (unsigned)strlen(state->alphabet);
    state->least = ff1_least(radix);
    memset(state->numerals, NO_NUMERAL, sizeof state->numerals);
    for (unsigned i = 0; i < radix; i++)
        state->numerals[(unsigned char)state->alphabet[i]] = (unsigned char)i;
    for (size_t i = 0; i < count; i++) {
        unsigned char derived[DERIVED];
        if (keyring_derive(use->ring, i, "ff1", use->domain, use->domain_length, derived,
                sizeof derived) == 0)
            state->keys[i] =
                ff1_new(derived, sizeof derived, radix, use->domain, use->domain_length);
        secret_wipe(derived, sizeof derived);
        if (state->keys[i] == NULL) {
            close_method(state);
            return NULL;
        }
    }
    return state;
}

/* ---- the shape of a value -------------------------------------------------------------------- */

static bool is_alnum(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
        (byte >= 'a' && byte <= 'z');
}

static bool find_numerals(const struct state *state, const char *text, size_t length,
    struct shape *shape)
{
    const unsigned char *bytes = (const unsigned char *)text;
    shape->count = 0;
    for (size_t i = 0; i < length;) {
        uint32_t character;
        if (bytes[i] >= 0x80) {
            i += symbol_read(text + i, &character);
            if (!symbol_is(character))
                return false;
            continue;
        }
        unsigned char numeral = state->numerals[bytes[i]];
        if (numeral == NO_NUMERAL && is_alnum(bytes[i]))
            return false;
        if (numeral != NO_NUMERAL) {
            if (shape->count == FF1_MAX)
                return false;
            shape->numerals[shape->count] = numeral;
            shape->places[shape->count++] = i;
        }
        i++;
    }
    return shape->count > 0 && shape->count >= state->kept + state->least;
}

static void place_numerals(const struct state *state, const struct shape *shape, char *text)
{
    for (size_t i = 0; i < shape->count; i++)
        text[shape->places[i]] = state->alphabet[shape->numerals[i]];
}

/* ---- both ways ------------------------------------------------------------------------------- */

/* Encrypt or decrypt all numerals but the kept ones, which are part of the tweak. */
static int crypt_shape(struct state *state, size_t key, struct shape *shape, crypt_function crypt)
{
    struct ff1 *ff1 = state->keys[key];
    unsigned char *changing = shape->numerals + state->kept;
    if (state->kept > 0) {
        state->tweak.length = state->tweak_begin;
        for (size_t i = 0; i < state->kept && i < shape->count; i++)
            buf_putc(&state->tweak, state->alphabet[shape->numerals[i]]);
        if (ff1_set_tweak(ff1, state->tweak.data, state->tweak.length) != 0)
            return -1;
    }
    return crypt(ff1, changing, shape->count - state->kept, changing);
}

static enum token_result crypt_string(struct state *state, size_t key,
    const struct token_value *value, struct buf *scratch, struct buf *out, crypt_function crypt)
{
    struct shape shape;
    char *text;
    size_t length;
    enum token_result result = method_parts_text(value, scratch, &text, &length);
    if (result != TOKEN_OK)
        return result;
    if (!find_numerals(state, text, length, &shape))
        return TOKEN_MALFORMED;
    if (key == KEYRING_NONE)
        return TOKEN_NO_KEY_ID;
    if (crypt_shape(state, key, &shape, crypt) != 0)
        return TOKEN_FAILED;
    place_numerals(state, &shape, text);
    return json_string_encode(out, text, length) == 0 ? TOKEN_OK : TOKEN_FAILED;
}

/* Read an integer that ff1 takes: no fraction, no exponent, not zero. Return false for others. */
static bool read_integer(const struct state *state, const struct token_value *value,
    struct shape *shape)
{
    size_t sign = value->text[0] == '-';
    if (state->alphabet != alphabets[0] || value->text[sign] == '0' ||
        !find_numerals(state, value->text, value->length, shape))
        return false;
    return shape->count == value->length - sign &&
        (state->kept > 0 || shape->count >= LEAST_NUMBER);
}

static enum token_result crypt_number(struct state *state, size_t key,
    const struct token_value *value, struct buf *out, crypt_function crypt)
{
    struct shape shape;
    if (!read_integer(state, value, &shape))
        return TOKEN_MALFORMED;
    if (key == KEYRING_NONE)
        return TOKEN_NO_KEY_ID;
    unsigned walks = 0;
    do {
        if (walks++ == MOST_WALKS || crypt_shape(state, key, &shape, crypt) != 0)
            return TOKEN_FAILED;
    } while (shape.numerals[0] == 0);
    char *place = buf_reserve(out, value->length);
    if (place == NULL)
        return TOKEN_FAILED;
    memcpy(place, value->text, value->length);
    place_numerals(state, &shape, place);
    out->length += value->length;
    return TOKEN_OK;
}

static enum token_result crypt_value(struct state *state, size_t key,
    const struct token_value *value, struct buf *scratch, struct buf *out, crypt_function crypt)
{
    if (value->kind == JSON_NUMBER)
        return crypt_number(state, key, value, out, crypt);
    return crypt_string(state, key, value, scratch, out, crypt);
}

static enum token_result mask(void *state, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    return crypt_value(state, key, value, scratch, out, ff1_encrypt);
}

static enum token_result unmask(void *state, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    return crypt_value(state, key, value, scratch, out, ff1_decrypt);
}

const struct method_work method_ff1 = {
    .open = open_method,
    .close = close_method,
    .mask = mask,
    .unmask = unmask,
};
