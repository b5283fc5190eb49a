#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "pg/copy.h"

/* The character behind the backslash for a byte that must be escaped, else 0. */
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

int pg_copy_field(struct buf *field, const char **at, const char *end, bool *null)
{
    const char *text = *at;
    buf_clear(field);
    *null = end - text >= 2 && text[0] == '\\' && text[1] == 'N';
    for (; text < end && *text != '\t' && *text != '\n'; text++) {
        char byte = *text;
        if (byte == '\\' && text + 1 < end) {
            byte = *++text;
            byte = byte == 't' ? '\t' : byte == 'n' ? '\n' : byte == 'r' ? '\r' : byte;
        }
        buf_putc(field, byte);
    }
    *at = text < end ? text + 1 : end;
    return field->failed ? -1 : 0;
}

static bool is_word(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || byte == '$';
}

/*
 * Return the length of the text before the first quoted value, in the quotes of the server's
 * languages.
 */
static size_t unquoted(const char *text)
{
    static const char *const quotes[] = { "\n", "\"", "\302\253", "\302\273", "\342\200\234",
        "\342\200\235", "\342\200\236", "\343\200\214" };
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        const char *quote = strstr(text, quotes[i]);
        if (quote != NULL && (size_t)(quote - text) < length)
            length = (size_t)(quote - text);
    }
    return length;
}

/*
 * Return the place after the name in the last line that has it before any quoted value: lines of
 * functions and of other values precede the line that COPY adds. ${lines}: number of lines that
 * have it; more than one when a value of the row imitates that line.
 */
static const char *after_last(const char *text, const char *name, size_t *lines)
{
    const char *found = NULL;
    size_t length = strlen(name);
    *lines = 0;
    for (const char *line = text; length > 0 && line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *end = line + unquoted(line);
        const char *at = line;
        while ((at = strstr(at, name)) != NULL && at < end &&
            ((at > line && is_word(at[-1])) || is_word(at[length])))
            at++;
        if (at != NULL && at < end) {
            found = at + length;
            ++*lines;
        }
    }
    return found;
}

/* Find the name that comes first and precedes a colon; of two at one place the longer. */
static size_t find_column(const char *text, const char *const *names, size_t count)
{
    const char *end = text + unquoted(text);
    size_t best = SIZE_MAX;
    const char *first = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        if (length == 0)
            continue;
        for (const char *at = text; (at = strstr(at, names[i])) != NULL && at < end; at++) {
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
    size_t lines = 0;
    const char *at = context == NULL ? NULL : after_last(context, relation, &lines);
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
    if (lines == 1 && line > 0)
        hint->column = find_column(at, names, count);
}
