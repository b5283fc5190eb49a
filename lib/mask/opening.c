#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base64.h"
#include "crypto/siv.h"
#include "json/scan.h"
#include "json/splice.h"
#include "json/string.h"
#include "mask/members.h"
#include "mask/method_siv.h"
#include "mask/opening.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct opening {
    const struct keyring *ring;
    struct method_siv_state *seal;
    struct members members;
    struct members inside; /* of the opened content */
    struct buf scratch;
};

struct opening *opening_new(const struct policy *policy, const struct keyring *ring)
{
    struct opening *opening = calloc(1, sizeof *opening);
    if (opening == NULL)
        return NULL;
    opening->ring = ring;
    buf_init(&opening->scratch, SIZE_MAX);
    opening->seal = method_siv_open(ring, "seal", "seal1", "", 0);
    if (opening->seal == NULL || members_init(&opening->members, policy) != 0 ||
        members_init(&opening->inside, policy) != 0) {
        opening_free(opening);
        return NULL;
    }
    return opening;
}

void opening_free(struct opening *opening)
{
    if (opening == NULL)
        return;
    method_siv_close(opening->seal);
    members_free(&opening->members);
    members_free(&opening->inside);
    buf_wipe(&opening->scratch);
    free(opening);
}

/* Return true when the record has a member that the opened object also has. */
static bool collides(const struct members *record, const struct members *inside)
{
    static const enum members_kind kinds[] = { MEMBERS_PII, MEMBERS_ATTRIBUTES, MEMBERS_FIFO,
        MEMBERS_ENVELOPE, MEMBERS_BODY, MEMBERS_TOP, MEMBERS_LINE, MEMBERS_LINE_BASE64 };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (record->count[kinds[i]] > 0 && inside->count[kinds[i]] > 0)
            return true;
    return false;
}

/* Judge the opened plaintext, plain[0, length) without its type byte. */
static enum opening_result look_inside(struct opening *opening, char type, const char *plain,
    size_t length)
{
    struct members *inside = &opening->inside;
    memset(inside->count, 0, sizeof inside->count);
    if (type == 's')
        return OPENING_OPENED;
    if (type != 'j' || memchr(plain, '\n', length) != NULL)
        return OPENING_BAD_TOKEN;
    if (members_scan(inside, plain, length) != 0)
        return errno == ENOMEM ? OPENING_FAILED : OPENING_BAD_TOKEN;
    if (inside->matches.list[0].kind != JSON_OBJECT || inside->total == 0)
        return OPENING_BAD_TOKEN;
    return collides(&opening->members, inside) ? OPENING_COLLISION : OPENING_OPENED;
}

/* Append the opened content in the place of "sealed". */
static enum opening_result write_opened(char type, const char *plain, size_t length,
    struct buf *out)
{
    if (type == 'j')
        return buf_append(out, plain + 1, length - 2) == 0 ? OPENING_OPENED : OPENING_FAILED;
    if (json_string_is_utf8(plain, length)) {
        buf_puts(out, "\"line\":");
        return json_string_encode(out, plain, length) == 0 ? OPENING_OPENED : OPENING_FAILED;
    }
    buf_puts(out, "\"line_base64\":\"");
    char *place = buf_reserve(out, base64_length(length));
    if (place == NULL)
        return OPENING_FAILED;
    out->length += base64_encode(plain, length, place);
    return buf_putc(out, '"') == 0 ? OPENING_OPENED : OPENING_FAILED;
}

/* Copy up to ${offset}, without the errors when the opened content brings the original one. */
static void copy_record(const struct opening *opening, struct json_splice *splice, size_t offset)
{
    const struct members *members = &opening->members;
    for (size_t i = 0; opening->inside.count[MEMBERS_ERROR] > 0 && i < members->matches.count;
         i++) {
        const struct json_match *match = &members->matches.list[i];
        if (match->node == members->nodes[MEMBERS_ERROR] && match->key >= splice->cursor &&
            match->key < offset)
            json_splice_remove(splice, match->key, match->end);
    }
    json_splice_copy(splice, offset);
}

/*
 * Scan a record, and open its sealed content into the scratch memory. Return OPENING_NONE, with
 * *sealed NULL, when there is none.
 */
static enum opening_result unseal(struct opening *opening, const char *text, size_t length,
    const struct json_match **sealed)
{
    const struct members *members = &opening->members;
    *sealed = NULL;
    if (members_scan(&opening->members, text, length) != 0)
        return OPENING_FAILED;
    if (members->count[MEMBERS_SEALED] > 1)
        return OPENING_COLLISION;
    *sealed = members_find(members, MEMBERS_SEALED);
    if (*sealed == NULL)
        return OPENING_NONE;
    const struct token_value value = token_value_of(text, *sealed);
    switch (method_siv_unseal(opening->seal, &value, &opening->scratch)) {
    case TOKEN_OK:
        return token_unpad(&opening->scratch, SIV_TAG) ? OPENING_OPENED : OPENING_BAD_TOKEN;
    case TOKEN_UNKNOWN_KEY:
        return OPENING_UNKNOWN_KEY;
    case TOKEN_FAILED:
        return OPENING_FAILED;
    default:
        return OPENING_BAD_TOKEN;
    }
}

/* Append the record up to ${sealed}, then the opened content from the scratch memory. */
static enum opening_result restore_content(struct opening *opening, const struct json_match *sealed,
    struct json_splice *splice)
{
    struct buf *scratch = &opening->scratch;
    char type = scratch->data[SIV_TAG];
    const char *plain = scratch->data + SIV_TAG + 1;
    size_t length = scratch->length - SIV_TAG - 1;
    enum opening_result result = look_inside(opening, type, plain, length);
    if (result == OPENING_OPENED) {
        copy_record(opening, splice, sealed->key);
        result = write_opened(type, plain, length, splice->out);
        json_splice_skip(splice, sealed->end);
        copy_record(opening, splice, splice->length);
    }
    buf_shrink(scratch, GIVEN_BACK_ABOVE);
    return result;
}

enum opening_result opening_open(struct opening *opening, const char *text, size_t length,
    struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    const struct json_match *sealed;
    enum opening_result result = unseal(opening, text, length, &sealed);
    if (result == OPENING_OPENED)
        result = restore_content(opening, sealed, &splice);
    if (result != OPENING_OPENED && result != OPENING_NONE)
        return result;
    return json_splice_finish(&splice) == 0 ? result : OPENING_FAILED;
}

enum opening_result opening_reseal(struct opening *opening, const char *text, size_t length,
    struct buf *out)
{
    struct json_splice splice = { out, text, length, 0 };
    const struct json_match *sealed;
    enum opening_result result = unseal(opening, text, length, &sealed);
    if (result != OPENING_OPENED && result != OPENING_NONE)
        return result;
    if (sealed != NULL) {
        json_splice_copy(&splice, sealed->key);
        buf_puts(out, "\"sealed\":");
        if (token_pad(&opening->scratch, SIV_TAG, METHOD_PAD_DEFAULT) != 0 ||
            method_siv_seal(opening->seal, keyring_primary(opening->ring), &opening->scratch,
                out) != 0)
            return OPENING_FAILED;
        buf_shrink(&opening->scratch, GIVEN_BACK_ABOVE);
        json_splice_skip(&splice, sealed->end);
    }
    return json_splice_finish(&splice) == 0 ? result : OPENING_FAILED;
}
