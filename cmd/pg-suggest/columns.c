#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "json/string.h"

enum { EXPRESSION_MOST = 1 << 16 };

static const char not_objects[] = "if type == \"object\" then null else . end";
static const char not_objects_nor_nul[] =
    "if type == \"object\" then null elif type == \"string\" then split(\"\\u0000\") | "
    "join(\"\\ufffd\") else . end";

/* ---- choosing nodes ---- */

/* How deep objects are split, and how many records must have a top-level column. */
struct choice {
    unsigned depth;
    uint64_t least;
};

static bool is_open(const struct node *node, const struct choice *choice)
{
    if (node->parent == NULL)
        return node->types[JSON_OBJECT] > 0;
    return type_is_object(node) && node->first != NULL && !node->map && node->depth < choice->depth;
}

/* Return the next node in depth-first order, or NULL. Without ${open} it is not below ${node}. */
static const struct node *next(const struct node *node, bool open)
{
    if (open && node->first != NULL)
        return node->first;
    while (node != NULL && node->next == NULL)
        node = node->parent;
    return node == NULL ? NULL : node->next;
}

/* Return the number of columns of a choice; with ${columns}, add them. */
static size_t choose(const struct node *root, const struct choice *choice, struct columns *columns)
{
    size_t count = 0;
    for (const struct node *node = root; node != NULL;) {
        bool open = is_open(node, choice);
        bool rare = node->depth == 1 && node->records < choice->least;
        if (!open && !rare && node != root) {
            if (columns != NULL)
                columns->list[columns->count++] = (struct column){ .node = node };
            count++;
        }
        node = next(node, open && !rare);
    }
    return count;
}

/* Find the widest choice that fits. Return true when it leaves out a part of the root. */
static bool fit(const struct node *root, uint64_t records, struct choice *choice)
{
    *choice = (struct choice){ .depth = TREE_DEPTH, .least = root->map ? (records + 1) / 2 : 0 };
    while (choice->depth > 1 && choose(root, choice, NULL) > COLUMNS_MOST)
        choice->depth--;
    if (choose(root, choice, NULL) <= COLUMNS_MOST)
        return root->map;
    while (choose(root, choice, NULL) > COLUMNS_MOST)
        choice->least =
            choice->least * 2 < records ? choice->least + 1 + choice->least / 16 : records + 1;
    return true;
}

/* ---- names ---- */

static bool is_taken(const struct columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(columns->list[i].name, name) == 0)
            return true;
    return false;
}

/* Cut a name between characters, to leave room for ${more} bytes. */
static void cut(struct buf *name, size_t more)
{
    if (name->length + more <= NAME_MOST)
        return;
    name->length = NAME_MOST - more;
    while (name->length > 0 && ((unsigned char)name->data[name->length] & 0xC0) == 0x80)
        name->length--;
    while (name->length > 1 && name->data[name->length - 1] == '_')
        name->length--;
}

/* Join the keys on the path to a node; of too many, the last ones that fit. */
static int join_keys(const struct node *node, struct buf *name)
{
    const struct node *steps[TREE_DEPTH + 1];
    size_t count = 0;
    for (; node->parent != NULL; node = node->parent)
        steps[count++] = node;
    for (size_t first = count; first > 0; first--) {
        buf_clear(name);
        for (size_t i = first; i > 0; i--)
            if (name_add_key(name, steps[i - 1]->name, steps[i - 1]->name_length) != 0)
                return -1;
        if (name->length <= NAME_MOST)
            break;
    }
    return 0;
}

/* Set the name of a column. Return 0, or -1 when memory runs out. */
static int set_name(const struct columns *columns, struct column *column, struct buf *name)
{
    char suffix[16] = "";
    buf_clear(name);
    if (column->node->parent == NULL ? buf_puts(name, "body") != 0
                                     : join_keys(column->node, name) != 0)
        return -1;
    if (name->length == 0 && buf_puts(name, "unnamed") != 0)
        return -1;
    if (name_is_system(name->data, name->length) && buf_putc(name, '_') != 0)
        return -1;
    for (unsigned number = 2;; number++) {
        cut(name, strlen(suffix));
        char tried[NAME_MOST + 1];
        (void)snprintf(tried, sizeof tried, "%.*s%s", (int)name->length, name->data, suffix);
        if (!is_taken(columns, tried)) {
            memcpy(column->name, tried, sizeof tried);
            return 0;
        }
        (void)snprintf(suffix, sizeof suffix, "_%u", number);
    }
}

/*
 * Return the rank in which columns choose their names: top-level keys that are names already; then
 * short paths before long ones; then all others.
 */
static unsigned rank_of(const struct node *node, struct buf *name)
{
    if (node->depth == 0)
        return TREE_DEPTH + 1;
    if (node->depth > 1)
        return node->depth;
    buf_clear(name);
    if (name_add_key(name, node->name, node->name_length) != 0)
        return 1;
    bool same = name->length > 0 && name->length == node->name_length &&
        memcmp(name->data, node->name, node->name_length) == 0;
    return same ? 0 : 1;
}

static int set_names(struct columns *columns)
{
    struct buf name;
    int result = 0;
    buf_init(&name, EXPRESSION_MOST);
    for (unsigned rank = 0; rank <= TREE_DEPTH + 1; rank++)
        for (size_t i = 0; i < columns->count && result == 0; i++) {
            bool its_turn = rank_of(columns->list[i].node, &name) == rank;
            result = name.failed ? -1 : 0;
            if (its_turn && result == 0)
                result = set_name(columns, &columns->list[i], &name);
        }
    buf_free(&name);
    return result;
}

/* ---- expressions ---- */

static bool is_bare(const char *key, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool letter = (unsigned char)((key[i] | 0x20) - 'a') < 26 || key[i] == '_';
        if (!letter && (i == 0 || (unsigned char)(key[i] - '0') > 9))
            return false;
    }
    return length > 0;
}

static void add_path(struct buf *out, const struct node *node)
{
    const struct node *steps[TREE_DEPTH + 1];
    size_t count = 0;
    for (; node->parent != NULL; node = node->parent)
        steps[count++] = node;
    while (count > 0) {
        const struct node *step = steps[--count];
        (void)buf_putc(out, '.');
        if (is_bare(step->name, step->name_length))
            (void)buf_append(out, step->name, step->name_length);
        else if (name_is_clean(step->name, step->name_length))
            (void)json_string_encode(out, step->name, step->name_length);
        else
            (void)json_string_encode_ascii(out, step->name, step->name_length);
    }
}

/* Set the expression of a column. Return 0, or -1 when memory runs out. */
static int set_expression(const struct columns *columns, struct column *column)
{
    struct buf text;
    buf_init(&text, EXPRESSION_MOST);
    (void)buf_puts(&text, ".body");
    if (columns->mixed && column->node->parent != NULL)
        (void)buf_puts(&text, " | objects | ");
    add_path(&text, column->node);
    if (column->type.filter != NULL)
        (void)buf_printf(&text, " | %s", column->type.filter);
    const char *whole = buf_cstr(&text);
    column->expression = whole == NULL || text.failed ? NULL : strdup(whole);
    buf_free(&text);
    return column->expression == NULL ? -1 : 0;
}

/* ---- the whole table ---- */

static bool is_repeated(const struct node *node)
{
    while (node != NULL && !node->repeated)
        node = node->parent;
    return node != NULL;
}

static bool has_exact(const struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->list[i].type.exact)
            return true;
    return false;
}

/* Set the type that the values of a node need. */
static void set_type(const struct columns *columns, struct column *column)
{
    const struct node *node = column->node;
    type_of(node, &column->type);
    column->present = node->records;
    column->required = node->records == columns->records && !is_repeated(node) && !columns->mixed;
}

static void add_root(struct columns *columns, const struct node *root)
{
    struct column *column = &columns->list[columns->count++];
    *column = (struct column){ .node = root };
    set_type(columns, column);
    columns->whole = true;
}

/* Return true for types whose values keep their spelling in a filter that changes nothing. */
static bool is_plain(const struct type *type)
{
    static const char *const plain[] = { "text", "boolean", "uuid", "date", "timestamptz", "inet",
        "bigint" };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (!type->exact && strcmp(type->sql, plain[i]) == 0)
            return true;
    return false;
}

/*
 * Return true when a column yields null from a filter, or can be made to. Where no path leads to a
 * value, one such column makes a row of NULLs.
 */
static bool add_row_of_nulls(struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->list[i].type.filter != NULL)
            return true;
    for (size_t i = 0; i < columns->count; i++) {
        if (!is_plain(&columns->list[i].type))
            continue;
        columns->list[i].type.filter = ".";
        return true;
    }
    return false;
}

/* Return how many of the records without a value have none of the columns, at most. */
static uint64_t without_column(const struct columns *columns, uint64_t bare)
{
    uint64_t covered = 0;
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->list[i].required)
            return 0;
        if (columns->list[i].node->bare > covered)
            covered = columns->list[i].node->bare;
    }
    return bare - covered;
}

/*
 * Add a column for the rest: keys that are data or too many, bodies that are not objects or empty.
 */
static void add_rest(struct columns *columns, const struct node *root, bool left_out, uint64_t bare)
{
    columns->mixed = columns->count > 0 && !type_is_object(root) && root->records > 0 &&
        root->types[JSON_OBJECT] < root->records;
    if (columns->mixed && has_exact(columns)) { /* a filter would change it */
        columns->mixed = false;
        columns->count = 0;
    }
    for (size_t i = 0; i < columns->count; i++)
        columns->list[i].required &= !columns->mixed;
    bool whole = left_out || columns->count == 0;
    bare = without_column(columns, bare);
    if (!whole && !columns->mixed) {
        columns->empty = bare > 0;
        if (bare == 0 || add_row_of_nulls(columns))
            return;
        whole = true;
        columns->empty = false;
    }
    add_root(columns, root);
    if (whole)
        return;
    struct column *column = &columns->list[columns->count - 1];
    struct type *last = &column->type;
    column->present -= root->types[JSON_OBJECT];
    last->filter = root->text_nul ? not_objects_nor_nul : not_objects;
    last->remark = "a body that is not an object";
    last->unit = NULL;
    if (root->types[JSON_OBJECT] + root->types[JSON_STRING] == root->records)
        last->sql = "text";
}

struct columns *columns_new(const struct bodies *bodies)
{
    struct choice choice;
    struct node *root = body_tree_root(bodies_tree(bodies));
    struct columns *columns = calloc(1, sizeof *columns);
    if (columns == NULL)
        return NULL;
    body_tree_finish(bodies_tree(bodies));
    columns->records = bodies_counts(bodies)->records;
    bool left_out = fit(root, columns->records, &choice);
    columns->list = calloc(choose(root, &choice, NULL) + 1, sizeof *columns->list);
    bool good = columns->list != NULL;
    if (good) {
        (void)choose(root, &choice, columns);
        for (size_t i = 0; i < columns->count; i++)
            set_type(columns, &columns->list[i]);
        add_rest(columns, root, left_out, bodies_counts(bodies)->bare);
        good = set_names(columns) == 0;
    }
    for (size_t i = 0; good && i < columns->count; i++)
        good = !columns->list[i].type.failed && set_expression(columns, &columns->list[i]) == 0;
    if (good)
        return columns;
    columns_free(columns);
    return NULL;
}

void columns_free(struct columns *columns)
{
    if (columns == NULL)
        return;
    for (size_t i = 0; columns->list != NULL && i < columns->count; i++)
        free(columns->list[i].expression);
    free(columns->list);
    free(columns);
}
