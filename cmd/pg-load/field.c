#include <string.h>

#include "field.h"
#include "json/string.h"
#include "pg/copy.h"

enum { MAX_TEXT = 64 << 20, MAX_LITERAL = 256 << 20, KEEP_TEXT = 1 << 20 };

void field_scratch_init(struct field_scratch *scratch)
{
    buf_init(&scratch->text, MAX_TEXT);
    buf_init(&scratch->literal, MAX_LITERAL);
}

void field_scratch_free(struct field_scratch *scratch)
{
    buf_free(&scratch->text);
    buf_free(&scratch->literal);
}

static enum field decode(struct buf *text, const char *value, size_t length)
{
    if (json_string_has_nul(value, length))
        return FIELD_NUL;
    buf_shrink(text, KEEP_TEXT);
    return json_string_decode(text, value, length) == 0 ? FIELD_WRITTEN : FIELD_NO_MEMORY;
}

/* ---- arrays: PostgreSQL manual, "Array Input and Output Syntax" ---- */

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Return the end of the string that starts at text[at]. */
static size_t string_end(const char *text, size_t at)
{
    for (at++; text[at] != '"'; at++)
        at += text[at] == '\\';
    return at + 1;
}

/* Return the end of the array or object that starts at text[at]. */
static size_t container_end(const char *text, size_t at)
{
    size_t depth = 0;
    do {
        if (text[at] == '"') {
            at = string_end(text, at);
            continue;
        }
        if (text[at] == '{' || text[at] == '[')
            depth++;
        else if (text[at] == '}' || text[at] == ']')
            depth--;
        at++;
    } while (depth > 0);
    return at;
}

/* Return the end of the element at text[at], of an array of valid JSON. */
static size_t element_end(const char *text, size_t at)
{
    if (text[at] == '"')
        return string_end(text, at);
    if (text[at] == '{' || text[at] == '[')
        return container_end(text, at);
    while (text[at] != ',' && text[at] != ']' && !is_space(text[at]))
        at++;
    return at;
}

static void quote(struct buf *literal, const char *text, size_t length)
{
    buf_putc(literal, '"');
    for (size_t from = 0; from < length;) {
        size_t to = from;
        while (to < length && text[to] != '"' && text[to] != '\\')
            to++;
        if (to > from)
            buf_append(literal, text + from, to - from);
        if (to < length) {
            buf_putc(literal, '\\');
            buf_putc(literal, text[to++]);
        }
        from = to;
    }
    buf_putc(literal, '"');
}

/* Add an element that is not a nested array. */
static enum field add_element(struct field_scratch *scratch, const struct pg_column *column,
    const char *value, size_t length)
{
    struct buf *literal = &scratch->literal;
    if (value[0] == 'n') {
        buf_puts(literal, "NULL");
    } else if (column->json_elements || value[0] == '{') {
        quote(literal, value, length);
    } else if (value[0] == '"') {
        enum field decoded = decode(&scratch->text, value, length);
        if (decoded != FIELD_WRITTEN)
            return decoded;
        quote(literal, scratch->text.data, scratch->text.length);
    } else {
        buf_append(literal, value, length); /* a number, true or false: nothing to quote */
    }
    return FIELD_WRITTEN;
}

static enum field write_array(struct buf *rows, struct field_scratch *scratch,
    const struct pg_column *column, const char *value, size_t length)
{
    struct buf *literal = &scratch->literal;
    buf_shrink(literal, KEEP_TEXT);
    for (size_t at = 0; at < length;) {
        char byte = value[at];
        bool outer = byte == '[' && at == 0;
        if (is_space(byte)) {
            at++;
        } else if (outer || (byte == '[' && !column->json_elements)) {
            buf_putc(literal, '{');
            at++;
        } else if (byte == ']' || byte == ',') {
            buf_putc(literal, byte == ']' ? '}' : column->delimiter);
            at++;
        } else {
            size_t end = element_end(value, at);
            enum field added = add_element(scratch, column, value + at, end - at);
            if (added != FIELD_WRITTEN)
                return added;
            at = end;
        }
    }
    if (literal->failed)
        return FIELD_NO_MEMORY;
    return pg_copy_escape(rows, literal->data, literal->length) == 0 ? FIELD_WRITTEN
                                                                     : FIELD_NO_MEMORY;
}

/* ---- dates ---- */

static bool is_below(const char *text, char tens, char units)
{
    return text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9' &&
        (text[0] < tens || (text[0] == tens && text[1] <= units));
}

/*
 * Return the length of the part of a text that a date column takes. The server would read the time
 * of day of an RFC 3339 time in UTC without effect, for a fifth of the cost of a COPY of such rows.
 * Any time that the server might refuse goes to it unchanged.
 */
static size_t date_length(const char *text, size_t length)
{
    static const char form[] = "0000-00-00T00:00:00";
    enum { DATE = 10, HOUR = 11, MINUTE = 14, SECOND = 17, FRACTION = 19, DIGITS = 6 };
    if (length <= FRACTION || text[length - 1] != 'Z')
        return length;
    for (size_t i = 0; i < FRACTION; i++)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return length;
    if (!is_below(text + HOUR, '2', '3') || !is_below(text + MINUTE, '5', '9') ||
        !is_below(text + SECOND, '5', '9'))
        return length;
    size_t end = FRACTION;
    if (text[end] == '.' && length > FRACTION + 2 && length <= FRACTION + 2 + DIGITS)
        for (end++; text[end] >= '0' && text[end] <= '9';)
            end++;
    return end == length - 1 ? DATE : length;
}

/* ---- any value ---- */

enum field field_write(struct buf *rows, struct field_scratch *scratch,
    const struct pg_column *column, const char *value, size_t length, bool plain)
{
    if (value[0] == '[' && column->array)
        return write_array(rows, scratch, column, value, length);
    if (column->json || value[0] != '"')
        return pg_copy_escape(rows, value, length) == 0 ? FIELD_WRITTEN : FIELD_NO_MEMORY;
    if (plain) { /* no control character and no backslash to escape */
        size_t size = column->date ? date_length(value + 1, length - 2) : length - 2;
        return buf_append(rows, value + 1, size) == 0 ? FIELD_WRITTEN : FIELD_NO_MEMORY;
    }
    enum field decoded = decode(&scratch->text, value, length);
    if (decoded != FIELD_WRITTEN)
        return decoded;
    return pg_copy_escape(rows, scratch->text.data, scratch->text.length) == 0 ? FIELD_WRITTEN
                                                                               : FIELD_NO_MEMORY;
}
