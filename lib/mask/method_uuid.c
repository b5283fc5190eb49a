#include <stdlib.h>
#include <string.h>

#include "crypto/aes.h"
#include "crypto/secret.h"
#include "mask/method_parts.h"
#include "mask/method_uuid.h"

/*
 * Each step ends a walk with a probability of at least 1 in 128. All MOST_WALKS steps fail with a
 * probability of 1 in 10^135.
 */
enum { DERIVED = 32, TEXT = 36, MOST_WALKS = 40000 };

struct key {
    struct aes *forward;
    struct aes *inverse;
};

struct state {
    size_t count;
    struct key keys[]; /* indexed by key of the ring */
};

static void close_method(void *opaque)
{
    struct state *state = opaque;
    if (state == NULL)
        return;
    for (size_t i = 0; i < state->count; i++) {
        aes_free(state->keys[i].forward);
        aes_free(state->keys[i].inverse);
    }
    free(state);
}

static void *open_method(const struct method_use *use)
{
    size_t count = keyring_count(use->ring);
    struct state *state = calloc(1, sizeof *state + count * sizeof state->keys[0]);
    if (state == NULL)
        return NULL;
    state->count = count;
    for (size_t i = 0; i < count; i++) {
        unsigned char derived[DERIVED];
        struct key *key = &state->keys[i];
        if (keyring_derive(use->ring, i, "uuid", use->domain, use->domain_length, derived,
                sizeof derived) == 0) {
            key->forward = aes_new(derived, sizeof derived, AES_FORWARD);
            key->inverse = aes_new(derived, sizeof derived, AES_INVERSE);
        }
        secret_wipe(derived, sizeof derived);
        if (key->forward == NULL || key->inverse == NULL) {
            close_method(state);
            return NULL;
        }
    }
    return state;
}

/* ---- text ------------------------------------------------------------------------------------ */

static bool is_hyphen(size_t place)
{
    return place == 8 || place == 13 || place == 18 || place == 23;
}

static int digit_of(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool read_uuid(const char *text, size_t length, unsigned char uuid[AES_BLOCK])
{
    size_t count = 0;
    if (length != TEXT)
        return false;
    for (size_t i = 0; i < TEXT; i++) {
        int digit = digit_of(text[i]);
        if (is_hyphen(i) ? text[i] != '-' : digit < 0)
            return false;
        if (is_hyphen(i))
            continue;
        uuid[count / 2] = (unsigned char)(count % 2 == 0 ? digit << 4 : uuid[count / 2] | digit);
        count++;
    }
    return true;
}

static int write_uuid(struct buf *out, const unsigned char uuid[AES_BLOCK])
{
    static const char digits[] = "0123456789abcdef";
    size_t count = 0;
    char *place = buf_reserve(out, TEXT + 2);
    if (place == NULL)
        return -1;
    place[0] = '"';
    place[TEXT + 1] = '"';
    for (size_t i = 0; i < TEXT; i++) {
        if (is_hyphen(i)) {
            place[i + 1] = '-';
            continue;
        }
        unsigned byte = uuid[count / 2];
        place[i + 1] = digits[count % 2 == 0 ? byte >> 4 : byte & 15];
        count++;
    }
    out->length += TEXT + 2;
    return 0;
}

/* ---- both ways ------------------------------------------------------------------------------- */

/* Return the bits of byte 8 that hold the variant. */
static unsigned variant_bits(unsigned char byte)
{
    return byte < 0x80 ? 0x80 : byte < 0xc0 ? 0xc0 : 0xe0;
}

/* Return true for nil and max, which have no bit to change. */
static bool is_constant(const unsigned char uuid[AES_BLOCK])
{
    for (size_t i = 1; i < AES_BLOCK; i++)
        if (uuid[i] != uuid[0])
            return false;
    return uuid[0] == 0 || uuid[0] == 0xff;
}

static enum token_result walk(struct aes *aes, unsigned char uuid[AES_BLOCK])
{
    unsigned version = uuid[6] >> 4;
    unsigned bits = variant_bits(uuid[8]);
    unsigned variant = uuid[8] & bits;
    for (unsigned walks = 0; walks < MOST_WALKS; walks++) {
        if (aes_blocks(aes, uuid, uuid, 1) != 0)
            return TOKEN_FAILED;
        if (uuid[6] >> 4 == (int)version && (uuid[8] & bits) == variant && !is_constant(uuid))
            return TOKEN_OK;
    }
    return TOKEN_FAILED;
}

static enum token_result crypt_uuid(const struct state *state, size_t key, bool inverse,
    const struct token_value *value, struct buf *scratch, struct buf *out)
{
    unsigned char uuid[AES_BLOCK];
    char *text;
    size_t length;
    enum token_result result = method_parts_text(value, scratch, &text, &length);
    if (result != TOKEN_OK)
        return result;
    if (!read_uuid(text, length, uuid))
        return TOKEN_MALFORMED;
    if (key == KEYRING_NONE)
        return TOKEN_NO_KEY_ID;
    if (!is_constant(uuid)) {
        const struct key *with = &state->keys[key];
        result = walk(inverse ? with->inverse : with->forward, uuid);
        if (result != TOKEN_OK)
            return result;
    }
    return write_uuid(out, uuid) == 0 ? TOKEN_OK : TOKEN_FAILED;
}

static enum token_result mask(void *state, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    return crypt_uuid(state, key, false, value, scratch, out);
}

static enum token_result unmask(void *state, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    return crypt_uuid(state, key, true, value, scratch, out);
}

const struct method_work method_uuid = {
    .open = open_method,
    .close = close_method,
    .mask = mask,
    .unmask = unmask,
};
