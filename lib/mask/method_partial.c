#include <stdlib.h>
#include <string.h>

#include "json/string.h"
#include "mask/method_partial.h"
#include "mask/method_parts.h"

static const char nothing[] = "\"****\"";

struct state {
    size_t keep;
};

static void *open_method(const struct method_use *use)
{
    struct state *state = calloc(1, sizeof *state);
    if (state != NULL)
        state->keep = use->options[0];
    return state;
}

/* Return true when a byte begins a character of UTF-8. */
static bool begins(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

static enum token_result hide(const struct state *state, const char *text, size_t length,
    struct buf *out)
{
    size_t characters = 0;
    for (size_t i = 0; i < length; i++)
        characters += begins(text[i]);
    size_t kept = characters / 3 < state->keep ? characters / 3 : state->keep;
    size_t stars = characters - kept;
    const char *rest = text;
    for (size_t passed = 0; rest < text + length; rest++)
        if (begins(*rest) && passed++ == stars)
            break;
    char *place = buf_reserve(out, 1 + stars);
    if (place == NULL)
        return TOKEN_FAILED;
    place[0] = '"';
    memset(place + 1, '*', stars);
    /* Write the rest as a string of its own; its first quote becomes the last star. */
    out->length += stars;
    size_t at = out->length;
    if (json_string_encode(out, rest, (size_t)(text + length - rest)) != 0)
        return TOKEN_FAILED;
    out->data[at] = stars > 0 ? '*' : '"';
    return TOKEN_OK;
}

static enum token_result mask(void *opaque, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    const struct state *state = opaque;
    (void)key;
    if (value->kind == JSON_NUMBER)
        return hide(state, value->text, value->length, out);
    if (value->kind != JSON_STRING)
        return buf_append(out, nothing, sizeof nothing - 1) == 0 ? TOKEN_OK : TOKEN_FAILED;
    if (value->plain)
        return hide(state, value->text + 1, value->length - 2, out);
    buf_clear(scratch);
    if (json_string_decode(scratch, value->text, value->length) != 0)
        return TOKEN_FAILED;
    return hide(state, scratch->data, scratch->length, out);
}

/* Return true for hidden values, which stay unchanged. */
static bool made(void *opaque, const struct token_value *value, struct buf *scratch)
{
    return value->kind == JSON_STRING &&
        method_parts_stays(&method_partial, opaque, value, scratch);
}

const struct method_work method_partial = {
    .open = open_method,
    .close = free,
    .mask = mask,
    .made = made,
};
