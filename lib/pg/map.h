#ifndef PG_MAP_H
#define PG_MAP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Map files: which value of a record goes to which column. Lines of
 *
 *     COLUMN EXPRESSION [!]
 *
 * COLUMN is spelt exactly like the column, or in double quotes with "" for a quote. EXPRESSION is a
 * jq program. This file finds its end, and its first pipe outside brackets and strings: the text
 * before that may be a plain path. "!" at the end refuses records without the value. A "#" outside
 * strings starts a comment; empty lines are skipped; lines end with LF or CRLF.
 */
struct pg_map_line {
    char *column;
    char *expression;
    size_t pipe; /* offset of the first outer "|" in the expression; SIZE_MAX: none */
    bool required;
    unsigned line;      /* from 1, of the file */
    unsigned column_at; /* from 1, in bytes, of the column's name */
    unsigned expression_at;
};

struct pg_map {
    struct pg_map_line *lines;
    size_t count;
};

struct pg_map_problem {
    unsigned line;
    unsigned column;
    const char *what; /* "a string without its end"; a constant; NULL: out of memory */
};

/*
 * pg_map_parse(text, length, map, problem):
 * Parse a whole file. Return 0 with ${map}, for pg_map_free(); or -1 with ${problem}: its first
 * mistake.
 */
int pg_map_parse(const char *text, size_t length, struct pg_map *map,
    struct pg_map_problem *problem);
void pg_map_free(struct pg_map *map); /* accepts a zeroed one */

/*
 * pg_map_expression(text, length, line, problem):
 * Parse one expression without a column, as on a command line. Return 0 with ${line}, the only line
 * of a map, its column NULL, for pg_map_line_free(); or -1 with ${problem}.
 */
int pg_map_expression(const char *text, size_t length, struct pg_map_line *line,
    struct pg_map_problem *problem);
void pg_map_line_free(struct pg_map_line *line);

#endif
