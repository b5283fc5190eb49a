/*
 * Read any lines of bytes as records; the first byte chooses the root. The result is a map that
 * pg-load reads. It has each column of the table once, under a name that PostgreSQL takes, and
 * every path in it is valid. Nothing in the statements or the comments leaves its line.
 */
#include "../../cmd/pg-suggest/columns.h"
#include "../../cmd/pg-suggest/print.h"
#include "fuzz.h"
#include "json/path_text.h"
#include "json/string.h"
#include "pg/map.h"

enum { TEXT_MOST = 1 << 24 };

static void look_at_name(const struct columns *columns, size_t i)
{
    const char *name = columns->list[i].name;
    size_t length = strlen(name);
    fuzz_require(length > 0 && length <= NAME_MOST);
    fuzz_require(json_string_is_utf8(name, length) && name_is_clean(name, length));
    fuzz_require(!name_is_system(name, length));
    for (size_t j = 0; j < i; j++)
        fuzz_require(strcmp(name, columns->list[j].name) != 0);
}

static void look_at_path(const struct pg_map_line *line)
{
    struct json_paths *paths = json_paths_new();
    size_t at;
    size_t length = line->pipe == SIZE_MAX ? strlen(line->expression) : line->pipe;
    fuzz_require(paths != NULL);
    while (length > 0 && line->expression[length - 1] == ' ')
        length--;
    fuzz_require(json_paths_add(paths, JSON_ROOT, line->expression, length, &at) != JSON_NO_NODE);
    json_paths_free(paths);
}

static void look_at_map(const struct columns *columns, const struct buf *text)
{
    struct pg_map map;
    struct pg_map_problem problem;
    fuzz_require(json_string_is_utf8(text->data, text->length));
    fuzz_require(pg_map_parse(text->data, text->length, &map, &problem) == 0);
    fuzz_require(map.count == columns->count);
    for (size_t i = 0; i < map.count; i++) {
        fuzz_require(strcmp(map.lines[i].column, columns->list[i].name) == 0);
        fuzz_require(strcmp(map.lines[i].expression, columns->list[i].expression) == 0);
        fuzz_require(map.lines[i].required == columns->list[i].required);
        look_at_path(&map.lines[i]);
    }
    pg_map_free(&map);
}

/* Check for a line for each column, between the brackets, and for comments that stay comments. */
static void look_at_sql(const struct columns *columns, const struct buf *text)
{
    size_t lines = 0;
    size_t columns_seen = 0;
    fuzz_require(json_string_is_utf8(text->data, text->length));
    for (size_t at = 0; at < text->length; lines++) {
        const char *start = text->data + at;
        const char *end = memchr(start, '\n', text->length - at);
        fuzz_require(end != NULL && memchr(start, '\r', (size_t)(end - start)) == NULL);
        columns_seen += start[0] == ' ';
        at += (size_t)(end - start) + 1;
    }
    fuzz_require(columns_seen == columns->count && lines > columns_seen);
}

static void look_at_comments(const struct buf *text)
{
    for (size_t at = 0; at < text->length;) {
        const char *end = memchr(text->data + at, '\n', text->length - at);
        fuzz_require(end != NULL && memcmp(text->data + at, "--", 2) == 0);
        at = (size_t)(end - text->data) + 1;
    }
}

static void propose(const struct bodies *records)
{
    struct columns *columns = columns_new(records);
    struct buf sql;
    struct buf map;
    struct buf comments;
    buf_init(&sql, TEXT_MOST);
    buf_init(&map, TEXT_MOST);
    buf_init(&comments, 2 * TEXT_MOST);
    fuzz_require(columns != NULL && columns->count > 0);
    for (size_t i = 0; i < columns->count; i++)
        look_at_name(columns, i);
    fuzz_require(print_sql(&sql, columns, "t") == 0);
    fuzz_require(print_map(&map, columns, "t", true) == 0);
    fuzz_require(print_commented(&comments, &map) == 0);
    look_at_sql(columns, &sql);
    look_at_map(columns, &map);
    look_at_comments(&comments);
    buf_free(&sql);
    buf_free(&map);
    buf_free(&comments);
    columns_free(columns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const roots[] = { ".", ".body", NULL };
    struct fuzz_bytes bytes = { data, size };
    struct bodies *records = bodies_new(roots[fuzz_byte(&bytes) % 3]);
    uint64_t number = 0;
    fuzz_require(records != NULL);
    while (bytes.size > 0) {
        size_t length;
        const char *part = fuzz_part(&bytes, &length);
        char *line = malloc(length > 0 ? length : 1); /* separate, so that ASan sees its ends */
        fuzz_require(line != NULL);
        memcpy(line, part, length);
        fuzz_require(bodies_line(records, line, length, ++number) == 0);
        free(line);
    }
    const struct bodies_counts *counts = bodies_counts(records);
    fuzz_require(counts->bare <= counts->records && counts->unmasked <= counts->records);
    fuzz_require(counts->records + counts->malformed + counts->errors + counts->rootless == number);
    if (counts->records > 0)
        propose(records);
    bodies_free(records);
    return 0;
}
