#include <inttypes.h>
#include <string.h>

#include "print.h"

enum { TEXT_MOST = 1 << 10 };

/* Return the number of characters; each is assumed to be one cell wide. */
static size_t width_of(const char *text, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++)
        width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

/* Append blanks, at least one, so that the next text is at that column after ${start}. */
static void fill(struct buf *out, size_t start, size_t width)
{
    do
        (void)buf_putc(out, ' ');
    while (!out->failed && width_of(out->data + start, out->length - start) < width);
}

/* Append "in 97.5%": a share of some is never printed as 100 or 0. */
static void add_share(struct buf *out, const struct column *column, uint64_t records)
{
    uint64_t part = column->present;
    if (part >= records) {
        (void)buf_puts(out, "always");
        return;
    }
    uint64_t share = part > UINT64_MAX / 1000 ? part / (records / 1000) : part * 1000 / records;
    if (share == 0 && part > 0)
        share = 1;
    (void)buf_printf(out, "in %" PRIu64, share / 10);
    if (share % 10 != 0)
        (void)buf_printf(out, ".%" PRIu64, share % 10);
    (void)buf_putc(out, '%');
}

static void add_lengths(struct buf *out, const struct column *column)
{
    uint64_t shortest = column->node->shortest;
    uint64_t longest = column->node->longest;
    if (column->type.unit == NULL || shortest > longest)
        return;
    (void)buf_printf(out, ", %" PRIu64, shortest);
    if (longest > shortest)
        (void)buf_printf(out, " to %" PRIu64, longest);
    (void)buf_printf(out, " %s%s", column->type.unit, longest == 1 ? "" : "s");
}

/* The widest name, and type. */
struct widths {
    size_t name;
    size_t type;
    bool failed; /* out of memory */
};

static void add_name(struct buf *out, const struct column *column)
{
    (void)name_add_quoted(out, column->name, strlen(column->name));
}

static void add_type(struct buf *out, const struct column *column, bool last)
{
    (void)buf_puts(out, column->type.sql);
    (void)buf_puts(out, column->required ? " NOT NULL" : "");
    (void)buf_puts(out, last ? "" : ",");
}

static size_t wider(size_t width, const struct buf *text)
{
    size_t its = width_of(text->data, text->length);
    return its > width ? its : width;
}

static struct widths measure(const struct columns *columns)
{
    struct widths widths = { 0, 0, false };
    struct buf text;
    buf_init(&text, TEXT_MOST);
    for (size_t i = 0; i < columns->count; i++) {
        buf_clear(&text);
        add_name(&text, &columns->list[i]);
        widths.name = wider(widths.name, &text);
        widths.failed |= text.failed;
        buf_clear(&text);
        add_type(&text, &columns->list[i], i + 1 == columns->count);
        widths.type = wider(widths.type, &text);
        widths.failed |= text.failed;
    }
    buf_free(&text);
    return widths;
}

static void add_column(struct buf *out, const struct column *column, const struct widths *widths,
    uint64_t records, bool last)
{
    size_t start = out->length;
    (void)buf_puts(out, "  ");
    add_name(out, column);
    fill(out, start, 2 + widths->name + 1);
    add_type(out, column, last);
    fill(out, start, 2 + widths->name + 1 + widths->type + 2);
    (void)buf_puts(out, "-- ");
    if (column->present > 0) {
        add_share(out, column, records);
        add_lengths(out, column);
    }
    if (column->type.remark != NULL)
        (void)buf_printf(out, "%s%s", column->present > 0 ? "; " : "", column->type.remark);
    (void)buf_putc(out, '\n');
}

/* Append an index. A B-tree takes up to about 2,700 bytes. A hash index takes any length, and
 * tokens are only looked up by equality. */
static void add_index(struct buf *out, const struct column *column, const char *table)
{
    enum { TREE_MOST_BYTES = 500 };
    bool hash = column->node->longest > TREE_MOST_BYTES;
    (void)buf_printf(out, "CREATE INDEX ON %s %s(", table, hash ? "USING hash " : "");
    add_name(out, column);
    (void)buf_puts(out, ");\n");
}

static void add_indexes(struct buf *out, const struct columns *columns, const char *table)
{
    bool any = false;
    for (size_t i = 0; i < columns->count; i++) {
        if (!columns->list[i].type.lookup)
            continue;
        if (!any)
            (void)buf_puts(out,
                "\n-- To find the rows of a value: pii-mask --lines prints its tokens.\n");
        any = true;
        add_index(out, &columns->list[i], table);
    }
}

int print_sql(struct buf *out, const struct columns *columns, const char *table)
{
    struct widths widths = measure(columns);
    (void)buf_printf(out,
        "-- Proposed by pg-suggest from %" PRIu64 " record%s. Types and NOT NULL fit all of\n"
        "-- these; check them, because later records may differ.\n\nBEGIN;\n\nCREATE TABLE %s (\n",
        columns->records, columns->records == 1 ? "" : "s", table);
    for (size_t i = 0; i < columns->count; i++)
        add_column(out, &columns->list[i], &widths, columns->records, i + 1 == columns->count);
    (void)buf_puts(out, ");\n");
    add_indexes(out, columns, table);
    (void)buf_puts(out, "\nCOMMIT;\n");
    return out->failed || widths.failed ? -1 : 0;
}

int print_map(struct buf *out, const struct columns *columns, const char *table, bool has_others)
{
    size_t width = 0;
    for (size_t i = 0; i < columns->count; i++) {
        size_t its = width_of(columns->list[i].name, strlen(columns->list[i].name));
        width = its > width ? its : width;
    }
    (void)buf_printf(out, "# Where the columns of %s come from; see pg-load(1), MAPS.\n", table);
    if (has_others)
        (void)buf_puts(out,
            "# Records also have .attributes, .fifo or .envelope: add what is of use.\n");
    if (columns->mixed)
        (void)buf_puts(out, "# Not every body is an object: \"objects\" skips the others.\n");
    if (columns->empty)
        (void)buf_puts(out, "# Some bodies are empty: a filter makes a row of NULLs of each.\n");
    (void)buf_putc(out, '\n');
    for (size_t i = 0; i < columns->count; i++) {
        const struct column *column = &columns->list[i];
        size_t start = out->length;
        (void)buf_puts(out, column->name);
        fill(out, start, width + 2);
        (void)buf_printf(out, "%s%s\n", column->expression, column->required ? " !" : "");
    }
    return out->failed ? -1 : 0;
}

int print_commented(struct buf *out, const struct buf *text)
{
    for (size_t at = 0; at < text->length;) {
        const char *start = text->data + at;
        const char *end = memchr(start, '\n', text->length - at);
        size_t length = end == NULL ? text->length - at : (size_t)(end - start);
        (void)buf_puts(out, length > 0 ? "-- " : "--");
        (void)buf_append(out, start, length);
        (void)buf_putc(out, '\n');
        at += length + 1;
    }
    return out->failed ? -1 : 0;
}
