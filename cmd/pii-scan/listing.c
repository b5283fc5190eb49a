#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "json/string.h"
#include "listing.h"

static const char *const types[TREE_TYPES] = { [JSON_NULL] = "null",
    [JSON_FALSE] = "boolean",
    [JSON_TRUE] = "boolean",
    [JSON_NUMBER] = "number",
    [JSON_STRING] = "string",
    [JSON_ARRAY] = "array",
    [JSON_OBJECT] = "object" };

enum { TYPE_WIDTH = 20, KINDS_WIDTH = 32, PATH_WIDTH = 36 };

/* Return the number of values of the type; true and false count as one type. */
static uint64_t of_type(const struct node *node, int type)
{
    return type == JSON_FALSE ? node->types[JSON_FALSE] + node->types[JSON_TRUE]
                              : node->types[type];
}

/*
 * Append a share as a decimal between 0 and 1, rounded to 0 or 1 only when exact. Return 0, or -1.
 */
static int put_share(struct buf *out, uint64_t part, uint64_t whole)
{
    uint64_t share = whole == 0 ? 0 : part >= whole ? 10000 : part * 10000 / whole;
    if (share == 0 && part > 0)
        share = 1;
    if (share == 10000)
        return buf_putc(out, '1');
    char digits[24];
    int used = 4;
    (void)snprintf(digits, sizeof digits, "%04" PRIu64, share);
    while (used > 1 && digits[used - 1] == '0')
        used--;
    return buf_printf(out, "0.%.*s", used, digits);
}

static uint64_t different(const struct node *node)
{
    uint64_t count = node->different == NULL ? 0 : estimate_count(node->different);
    return count < node->values ? count : node->values; /* an estimate may be higher */
}

static void add_types(struct buf *out, const struct node *node, bool json)
{
    bool any = false;
    for (int type = 0; type < TREE_TYPES; type++) {
        uint64_t count = type == JSON_TRUE ? 0 : of_type(node, type);
        if (count == 0)
            continue;
        if (any)
            (void)buf_putc(out, ',');
        if (json)
            (void)buf_printf(out, "\"%s\":%" PRIu64, types[type], count);
        else
            (void)buf_puts(out, types[type]);
        any = true;
    }
}

int listing_json(struct buf *out, const struct listing_row *row)
{
    const struct node *node = row->node;
    struct buf path = { .maximum = out->maximum };
    bool any = false;
    if (tree_path(&path, node) != 0) {
        buf_free(&path);
        return -1;
    }
    (void)buf_puts(out, "{\"path\":");
    (void)json_string_encode_ascii(out, path.data, path.length);
    (void)buf_printf(out, ",\"records\":%" PRIu64 ",\"types\":{", node->records);
    add_types(out, node, true);
    (void)buf_puts(out, "},\"kinds\":{");
    for (unsigned kind = 0; kind < INSPECT_KINDS; kind++) {
        if (node->hits[kind] == 0)
            continue;
        (void)buf_printf(out, "%s\"%s\":", any ? "," : "", inspect_kind_name(kind));
        (void)put_share(out, node->hits[kind], node->values);
        any = true;
    }
    (void)buf_printf(out, "},\"distinct\":%" PRIu64 ",\"personal\":%s,\"policy\":", different(node),
        row->personal != 0 ? "true" : "false");
    if (row->policy == NULL)
        (void)buf_puts(out, "null}\n");
    else
        (void)buf_printf(out, "\"%s\"}\n", row->policy);
    buf_free(&path);
    return out->failed ? -1 : 0;
}

/* Fill up to the column's width, with at least one blank. */
static void fill(struct buf *out, size_t start, size_t width)
{
    do
        (void)buf_putc(out, ' ');
    while (!out->failed && out->length - start < width);
}

int listing_heading(struct buf *out)
{
    size_t start = out->length;
    (void)buf_puts(out, "PATH");
    fill(out, start, PATH_WIDTH);
    (void)buf_puts(out, "   RECORDS ");
    start = out->length;
    (void)buf_puts(out, "TYPES");
    fill(out, start, TYPE_WIDTH);
    (void)buf_puts(out, "  DISTINCT PERSONAL POLICY     ");
    return buf_puts(out, "KINDS\n");
}

int listing_line(struct buf *out, const struct listing_row *row)
{
    const struct node *node = row->node;
    size_t start = out->length;
    bool any = false;
    if (tree_path(out, node) != 0)
        return -1;
    fill(out, start, PATH_WIDTH);
    (void)buf_printf(out, "%10" PRIu64 " ", node->records);
    start = out->length;
    add_types(out, node, false);
    fill(out, start, TYPE_WIDTH);
    (void)buf_printf(out, "%10" PRIu64 " %-8s %-10s ", different(node),
        row->personal != 0 ? "yes" : "no", row->policy == NULL ? "-" : row->policy);
    for (unsigned kind = 0; kind < INSPECT_KINDS; kind++) {
        if (node->hits[kind] == 0)
            continue;
        (void)buf_printf(out, "%s%s ", any ? ", " : "", inspect_kind_name(kind));
        (void)put_share(out, node->hits[kind], node->values);
        any = true;
    }
    return buf_puts(out, any ? "\n" : "-\n");
}
