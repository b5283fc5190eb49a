/*
 * Read any text where pg-load reads foreign text: map files, the CONTEXT and the words of a server
 * error, and values on their way into COPY and the error table. Of a map only the form is checked;
 * jq reads the filters. A map that is written out reads the same. A value in a CONTEXT cannot
 * change the line number in it. An escaped value is one field of one row, and comes back.
 */
#include <stdio.h>

#include "base/buf.h"
#include "fuzz.h"
#include "pg/copy.h"
#include "pg/errors.h"
#include "pg/map.h"
#include "pg/server_text.h"

enum { MOST = 1 << 20 };

enum door { MAP, EXPRESSION, CONTEXT, WORDS, FIELD, KEY, DOORS };

/* ---- maps ------------------------------------------------------------------------------------ */

static void check_line(const struct pg_map_line *line)
{
    size_t length = strlen(line->expression);
    fuzz_require(length > 0 && line->line > 0 && line->expression_at > 0);
    fuzz_require(line->expression[0] != ' ' && line->expression[length - 1] != ' ');
    fuzz_require(strchr(line->expression, '\n') == NULL);
    fuzz_require(
        line->pipe == SIZE_MAX || (line->pipe < length && line->expression[line->pipe] == '|'));
}

static void check_problem(const struct pg_map_problem *problem)
{
    fuzz_require(problem->line > 0 && problem->column > 0 && problem->what != NULL);
}

static void write_map(const struct pg_map *map, struct buf *out)
{
    for (size_t i = 0; i < map->count; i++) {
        buf_putc(out, '"');
        for (const char *at = map->lines[i].column; *at != '\0'; at++)
            buf_puts(out, *at == '"' ? "\"\"" : (const char[]){ *at, '\0' });
        /* A comment or a CR at the end of the expression would count as that of the line. */
        buf_printf(out, "\" %s%s #\n", map->lines[i].expression,
            map->lines[i].required ? " !" : "");
    }
    fuzz_require(!out->failed);
}

static void check_map(const char *text, size_t length)
{
    struct pg_map map, again;
    struct pg_map_problem problem;
    struct buf out = { .maximum = 4 * MOST };
    if (pg_map_parse(text, length, &map, &problem) != 0) {
        check_problem(&problem);
        fuzz_require(map.lines == NULL && map.count == 0);
        return;
    }
    /* A NUL hides nothing: it may only be in a comment. */
    fuzz_require(
        length == 0 || memchr(text, '\0', length) == NULL || memchr(text, '#', length) != NULL);
    write_map(&map, &out);
    fuzz_require(pg_map_parse(out.data != NULL ? out.data : "", out.length, &again, &problem) == 0);
    fuzz_require(again.count == map.count);
    for (size_t i = 0; i < map.count; i++) {
        check_line(&map.lines[i]);
        fuzz_require(*map.lines[i].column != '\0' && map.lines[i].column_at > 0);
        fuzz_require(strcmp(map.lines[i].column, again.lines[i].column) == 0 &&
            strcmp(map.lines[i].expression, again.lines[i].expression) == 0 &&
            map.lines[i].pipe == again.lines[i].pipe &&
            map.lines[i].required == again.lines[i].required);
    }
    pg_map_free(&again);
    pg_map_free(&map);
    buf_free(&out);
}

static void check_expression(const char *text, size_t length)
{
    struct pg_map_line line;
    struct pg_map_problem problem;
    if (pg_map_expression(text, length, &line, &problem) != 0) {
        check_problem(&problem);
        fuzz_require(line.expression == NULL);
        return;
    }
    fuzz_require(line.column == NULL && line.expression != NULL);
    fuzz_require(line.pipe == SIZE_MAX || line.expression[line.pipe] == '|');
    pg_map_line_free(&line);
}

/* ---- words of the server --------------------------------------------------------------------- */

static void check_context(const char *text)
{
    static const char *const names[] = { "n", "line", "app_version", "version", "v", "" };
    enum { COUNT = sizeof names / sizeof *names };
    struct pg_copy_hint hint;
    char *line = NULL;
    pg_copy_hint(text, "t", names, COUNT, &hint);
    fuzz_require(hint.column == SIZE_MAX || (hint.column < COUNT && *names[hint.column] != '\0'));
    fuzz_require(hint.line != 0 || hint.column == SIZE_MAX);
    if (strchr(text, '\n') != NULL)
        return;
    fuzz_require(asprintf(&line, "COPY t, line 7, column version: \"%s\"", text) > 0);
    pg_copy_hint(line, "t", names, COUNT, &hint);
    fuzz_require(hint.line == 7 && hint.column == 3);
    free(line);
}

static void check_words(const char *text)
{
    char state[6], line[32];
    pg_server_text_state(text, state);
    fuzz_require(strlen(state) == 0 || strlen(state) == 5);
    fuzz_require(strspn(state, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(state));
    fuzz_require(strstr(text, state) != NULL);
    pg_server_text_line(line, sizeof line, text);
    fuzz_require(strlen(line) < sizeof line && strpbrk(line, "\r\n") == NULL &&
        strncmp(line, text, strlen(line)) == 0);
    char *copy = strdup(text);
    fuzz_require(copy != NULL);
    pg_server_text_drop_state(copy, state);
    fuzz_require(strlen(copy) <= strlen(text));
    free(copy);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Decode as PostgreSQL's manual says that COPY reads it (COPY, "Text Format"). */
static void copy_back(const struct buf *field, struct buf *out)
{
    for (size_t i = 0; i < field->length; i++) {
        char byte = field->data[i];
        fuzz_require(byte != '\t' && byte != '\n' && byte != '\r');
        if (byte == '\\') {
            fuzz_require(++i < field->length);
            byte = field->data[i];
            byte = byte == 't' ? '\t' : byte == 'n' ? '\n' : byte == 'r' ? '\r' : byte;
            fuzz_require(byte == '\t' || byte == '\n' || byte == '\r' || byte == '\\');
        }
        buf_putc(out, byte);
    }
}

static unsigned digit(char byte)
{
    fuzz_require(byte >= '0' && byte <= '7');
    return (unsigned)(byte - '0');
}

/* Decode as decode(text, 'escape') does. */
static void decode_back(const struct buf *text, struct buf *out)
{
    for (size_t i = 0; i < text->length; i++) {
        char byte = text->data[i];
        fuzz_require(byte >= ' ' && byte <= '~');
        if (byte == '\\' && i + 1 < text->length && text->data[i + 1] == '\\') {
            i++;
        } else if (byte == '\\') {
            fuzz_require(i + 3 < text->length);
            byte = (char)(digit(text->data[i + 1]) * 64 + digit(text->data[i + 2]) * 8 +
                digit(text->data[i + 3]));
            i += 3;
        }
        buf_putc(out, byte);
    }
}

static void check_field(const char *text, size_t length)
{
    struct buf there = { .maximum = 8 * MOST };
    struct buf back = { .maximum = 8 * MOST };
    fuzz_require(pg_errors_escape(&there, text, length) == 0);
    decode_back(&there, &back);
    fuzz_require(!back.failed && back.length == length &&
        (length == 0 || memcmp(back.data, text, length) == 0));
    buf_clear(&there);
    buf_clear(&back);
    if (length > 0 && memchr(text, '\0', length) == NULL) {
        fuzz_require(pg_copy_escape(&there, text, length) == 0);
        /* Neither NULL nor the end of the data. */
        fuzz_require(there.length != 2 || memcmp(there.data, "\\N", 2) != 0);
        fuzz_require(there.length != 2 || memcmp(there.data, "\\.", 2) != 0);
        copy_back(&there, &back);
        fuzz_require(!back.failed && back.length == length && memcmp(back.data, text, length) == 0);
    }
    buf_free(&there);
    buf_free(&back);
}

static void check_key(const char *text, size_t length)
{
    struct pg_key key, again;
    char written[PG_KEY_TEXT_SIZE];
    size_t name_length;
    const char *name = pg_key_queue(text, length, &name_length);
    fuzz_require(name >= text && name + name_length == text + length);
    fuzz_require(name_length == 0 || memchr(name, '/', name_length) == NULL);
    if (!pg_key_parse(text, length, &key))
        return;
    pg_key_format(&key, written);
    fuzz_require(length == strlen(written) && strncasecmp(written, text, length) == 0);
    fuzz_require(pg_key_parse(written, length, &again) && pg_key_compare(&key, &again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = { data, size };
    enum door door = fuzz_byte(&bytes) % DOORS;
    const char *text = bytes.size > 0 ? (const char *)bytes.data : "";
    char *copy = strndup(text, bytes.size);
    fuzz_require(copy != NULL);
    switch (door) {
    case MAP:
        check_map(text, bytes.size);
        break;
    case EXPRESSION:
        check_expression(text, bytes.size);
        break;
    case CONTEXT:
        check_context(copy);
        break;
    case WORDS:
        check_words(copy);
        break;
    case FIELD:
        check_field(text, bytes.size);
        break;
    default:
        check_key(text, bytes.size);
    }
    free(copy);
    return 0;
}
