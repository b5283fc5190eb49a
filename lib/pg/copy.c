#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "pg/copy.h"

/* What follows the backslash for a byte that must be escaped, else 0. */
static const char escapes[256] = { ['\\'] = '\\', ['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r' };

int pg_copy_escape(struct buf *out, const char *text, size_t length)
{
    if (length == 0)
        return 0;
    char *to = buf_reserve(out, 2 * length);
    if (to == NULL)
        return -1;
    char *start = to;
    for (size_t i = 0; i < length; i++) {
        char escape = escapes[(unsigned char)text[i]];
        if (escape != 0) {
            *to++ = '\\';
            *to++ = escape;
        } else {
            *to++ = text[i];
        }
    }
    out->length += (size_t)(to - start);
    return 0;
}

static bool is_word(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || byte == '$';
}

/* Behind the last occurrence: lines of quoted values stand before the one that COPY adds. */
static const char *after_last(const char *text, const char *name)
{
    const char *found = NULL;
    size_t length = strlen(name);
    for (const char *at = text; length > 0 && (at = strstr(at, name)) != NULL; at++)
        if ((at == text || !is_word(at[-1])) && !is_word(at[length]))
            found = at + length;
    return found;
}

/* The name that stands first and is followed by a colon; of two at one place the longer. */
static size_t find_column(const char *text, const char *const *names, size_t count)
{
    size_t best = SIZE_MAX;
    const char *first = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        if (length == 0)
            continue;
        for (const char *at = text; (at = strstr(at, names[i])) != NULL; at++) {
            if (at[length] != ':' || (at > text && is_word(at[-1])))
                continue;
            if (first == NULL || at < first || (at == first && length > strlen(names[best]))) {
                first = at;
                best = i;
            }
            break;
        }
    }
    return best;
}

void pg_copy_hint(const char *context, const char *relation, const char *const *names, size_t count,
    struct pg_copy_hint *hint)
{
    *hint = (struct pg_copy_hint){ .line = 0, .column = SIZE_MAX };
    const char *at = context == NULL ? NULL : after_last(context, relation);
    if (at == NULL)
        return;
    size_t gap = strcspn(at, "0123456789\n");
    if (!isdigit((unsigned char)at[gap]))
        return;
    uint64_t line = 0;
    for (at += gap; isdigit((unsigned char)*at); at++) {
        if (line > UINT64_MAX / 10 - 1)
            return;
        line = line * 10 + (uint64_t)(*at - '0');
    }
    hint->line = line;
    hint->column = find_column(at, names, count);
}
