#include <string.h>

#include "mask/method_redact.h"

static const char constant[] = "\"[redacted]\"";

static void *open_method(const struct method_use *use)
{
    static char nothing;
    (void)use;
    return &nothing;
}

static void close_method(void *state)
{
    (void)state;
}

static enum token_result mask(void *state, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    (void)state;
    (void)key;
    (void)value;
    (void)scratch;
    return buf_append(out, constant, sizeof constant - 1) == 0 ? TOKEN_OK : TOKEN_FAILED;
}

static bool made(void *state, const struct token_value *value, struct buf *scratch)
{
    (void)state;
    (void)scratch;
    return value->length == sizeof constant - 1 &&
        memcmp(value->text, constant, value->length) == 0;
}

const struct method_work method_redact = {
    .open = open_method,
    .close = close_method,
    .mask = mask,
    .made = made,
};
