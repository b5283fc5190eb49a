#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pg/map.h"

enum { MAX_NESTING = 64, MAX_LINE = 1 << 20 };

/* The line of the file that is being parsed. */
struct cursor {
    const char *text;
    size_t length;
    size_t at;
    struct pg_map_problem *problem;
};

static int fail(struct cursor *cursor, size_t at, const char *what)
{
    cursor->problem->column = (unsigned)at + 1;
    cursor->problem->what = what;
    return -1;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static void skip_blanks(struct cursor *cursor)
{
    while (cursor->at < cursor->length && is_blank(cursor->text[cursor->at]))
        cursor->at++;
}

static int parse_column(struct cursor *cursor, struct pg_map_line *line)
{
    struct buf name;
    size_t start = cursor->at;
    buf_init(&name, MAX_LINE);
    line->column_at = (unsigned)start + 1;
    if (cursor->text[start] == '"') {
        for (cursor->at++;; cursor->at++) {
            if (cursor->at >= cursor->length) {
                buf_free(&name);
                return fail(cursor, start, "a column name without its closing quote");
            }
            if (cursor->text[cursor->at] == '"' && ++cursor->at < cursor->length &&
                cursor->text[cursor->at] != '"')
                break;
            if (cursor->at >= cursor->length)
                break;
            buf_putc(&name, cursor->text[cursor->at]);
        }
    } else {
        while (cursor->at < cursor->length && !is_blank(cursor->text[cursor->at]))
            cursor->at++;
        buf_append(&name, cursor->text + start, cursor->at - start);
    }
    const char *text = buf_cstr(&name);
    bool cut = text != NULL && strlen(text) != name.length;
    line->column = text == NULL ? NULL : strdup(text);
    buf_free(&name);
    if (line->column == NULL)
        return fail(cursor, start, NULL);
    if (cut)
        return fail(cursor, start, "a NUL byte in a column's name");
    if (line->column[0] == '\0')
        return fail(cursor, start, "an empty column name");
    return 0;
}

/* What surrounds a byte: a bracket, a string, or the "(" of an interpolation in a string. */
struct nesting {
    char open[MAX_NESTING];
    size_t at[MAX_NESTING];
    size_t depth;
};

static int push(struct cursor *cursor, struct nesting *nesting, char open)
{
    if (nesting->depth == MAX_NESTING)
        return fail(cursor, cursor->at, "brackets nested too deeply");
    nesting->open[nesting->depth] = open;
    nesting->at[nesting->depth++] = cursor->at;
    return 0;
}

static int in_string(struct cursor *cursor, struct nesting *nesting)
{
    char byte = cursor->text[cursor->at];
    if (byte == '"') {
        nesting->depth--;
    } else if (byte == '\\' && cursor->at + 1 < cursor->length) {
        cursor->at++;
        if (cursor->text[cursor->at] == '\0')
            return fail(cursor, cursor->at, "a NUL byte");
        if (cursor->text[cursor->at] == '(')
            return push(cursor, nesting, '(');
    }
    return 0;
}

static int in_code(struct cursor *cursor, struct nesting *nesting)
{
    char byte = cursor->text[cursor->at];
    if (byte == '"' || byte == '(' || byte == '[' || byte == '{')
        return push(cursor, nesting, byte);
    if (byte != ')' && byte != ']' && byte != '}')
        return 0;
    char open = byte == ')' ? '(' : byte == ']' ? '[' : '{';
    if (nesting->depth == 0 || nesting->open[nesting->depth - 1] != open)
        return fail(cursor, cursor->at, "a closing bracket that was not opened");
    nesting->depth--;
    return 0;
}

/*
 * From the cursor to the end of the line or the comment, find the expression's end and first pipe.
 */
static int find_end(struct cursor *cursor, size_t *end, size_t *pipe)
{
    struct nesting nesting = { .depth = 0 };
    *pipe = SIZE_MAX;
    for (; cursor->at < cursor->length; cursor->at++) {
        char byte = cursor->text[cursor->at];
        bool string = nesting.depth > 0 && nesting.open[nesting.depth - 1] == '"';
        if (byte == '\0')
            return fail(cursor, cursor->at, "a NUL byte");
        if (!string && byte == '#')
            break;
        if (!string && byte == '|' && nesting.depth == 0 && *pipe == SIZE_MAX &&
            (cursor->at + 1 == cursor->length || cursor->text[cursor->at + 1] != '='))
            *pipe = cursor->at;
        if ((string ? in_string(cursor, &nesting) : in_code(cursor, &nesting)) != 0)
            return -1;
    }
    if (nesting.depth > 0) {
        size_t last = nesting.depth - 1;
        return fail(cursor, nesting.at[last],
            nesting.open[last] == '"' ? "a string without its end"
                                      : "an opening bracket that is not closed");
    }
    *end = cursor->at;
    return 0;
}

static int parse_expression(struct cursor *cursor, struct pg_map_line *line)
{
    size_t start = cursor->at;
    size_t end;
    if (find_end(cursor, &end, &line->pipe) != 0)
        return -1;
    while (end > start && is_blank(cursor->text[end - 1]))
        end--;
    if (end > start && cursor->text[end - 1] == '!') {
        line->required = true;
        for (end--; end > start && is_blank(cursor->text[end - 1]);)
            end--;
    }
    if (end == start)
        return fail(cursor, start, "a column without an expression");
    if (line->pipe != SIZE_MAX)
        line->pipe -= start;
    line->expression_at = (unsigned)start + 1;
    line->expression = strndup(cursor->text + start, end - start);
    return line->expression == NULL ? fail(cursor, start, NULL) : 0;
}

enum parsed { PARSED_LINE, PARSED_NOTHING, PARSED_MISTAKE };

static enum parsed parse_line(struct cursor *cursor, struct pg_map_line *line)
{
    skip_blanks(cursor);
    if (cursor->at == cursor->length || cursor->text[cursor->at] == '#')
        return PARSED_NOTHING;
    if (parse_column(cursor, line) != 0)
        return PARSED_MISTAKE;
    if (cursor->at < cursor->length && !is_blank(cursor->text[cursor->at])) {
        (void)fail(cursor, cursor->at, "no blank after the column's name");
        return PARSED_MISTAKE;
    }
    skip_blanks(cursor);
    return parse_expression(cursor, line) == 0 ? PARSED_LINE : PARSED_MISTAKE;
}

enum appended { APPENDED, NAMED_BEFORE, NO_MEMORY };

static enum appended append(struct pg_map *map, const struct pg_map_line *line)
{
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->lines[i].column, line->column) == 0)
            return NAMED_BEFORE;
    struct pg_map_line *lines = reallocarray(map->lines, map->count + 1, sizeof *lines);
    if (lines == NULL)
        return NO_MEMORY;
    map->lines = lines;
    map->lines[map->count++] = *line;
    return APPENDED;
}

int pg_map_parse(const char *text, size_t length, struct pg_map *map,
    struct pg_map_problem *problem)
{
    *map = (struct pg_map){ .count = 0 };
    *problem = (struct pg_map_problem){ .line = 0 };
    for (size_t at = 0; at < length;) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t end = newline == NULL ? length : (size_t)(newline - text);
        struct cursor cursor = { .text = text + at, .length = end - at, .problem = problem };
        if (cursor.length > 0 && cursor.text[cursor.length - 1] == '\r')
            cursor.length--;
        at = end + 1;
        problem->line++;
        struct pg_map_line line = { .line = problem->line };
        enum parsed parsed = parse_line(&cursor, &line);
        if (parsed == PARSED_NOTHING)
            continue;
        if (parsed == PARSED_LINE) {
            enum appended appended = append(map, &line);
            if (appended == APPENDED)
                continue;
            (void)fail(&cursor, line.column_at - 1,
                appended == NAMED_BEFORE ? "a column named before" : NULL);
        }
        pg_map_line_free(&line);
        pg_map_free(map);
        return -1;
    }
    return 0;
}

int pg_map_expression(const char *text, size_t length, struct pg_map_line *line,
    struct pg_map_problem *problem)
{
    struct cursor cursor = { .text = text, .length = length, .problem = problem };
    *problem = (struct pg_map_problem){ .line = 1 };
    *line = (struct pg_map_line){ .line = 1 };
    skip_blanks(&cursor);
    if (parse_expression(&cursor, line) == 0)
        return 0;
    pg_map_line_free(line);
    return -1;
}

void pg_map_line_free(struct pg_map_line *line)
{
    free(line->column);
    free(line->expression);
    line->column = line->expression = NULL;
}

void pg_map_free(struct pg_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        pg_map_line_free(&map->lines[i]);
    free(map->lines);
    *map = (struct pg_map){ .count = 0 };
}
