#include <stdlib.h>
#include <string.h>

#include "json/string.h"
#include "tree.h"

/* Most children of a node; and objects needed to decide whether the keys are names. */
enum { CHILDREN_MOST = 1024, OBJECTS_LEAST = 256 };

static void append(struct node *parent, struct node *child)
{
    if (parent->last != NULL)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->children++;
}

static struct node *new_node(struct tree *tree, struct node *parent, enum tree_step step)
{
    struct node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return NULL;
    node->step = step;
    node->parent = parent;
    node->number = ++tree->made;
    tree->count++;
    if (parent == NULL)
        return node;
    node->key = parent->key;
    append(parent, node);
    return node;
}

struct node *tree_root(struct tree *tree, const char *prefix)
{
    struct node *node = new_node(tree, NULL, TREE_ROOT);
    if (node != NULL)
        node->prefix = prefix;
    return node;
}

/* Free children first, so that the current node is always a leaf. */
void tree_free(struct tree *tree, struct node *node)
{
    struct node *top = node;
    while (node != NULL) {
        if (node->first != NULL) {
            struct node *child = node->first;
            node->first = child->next;
            child->next = NULL;
            node = child;
            continue;
        }
        struct node *parent = node == top ? NULL : node->parent;
        free(node->name);
        free(node->different);
        free(node);
        tree->count--;
        node = parent;
    }
}

static struct node *child_of(const struct node *node, enum tree_step step)
{
    struct node *child = node->first;
    while (child != NULL && child->step != step)
        child = child->next;
    return child;
}

/*
 * Add the counts of ${from} to ${into}, which represents it from now on. Return 0, or -1 when
 * memory runs out.
 */
static int merge(struct node *into, const struct node *from)
{
    for (size_t i = 0; i < INSPECT_KINDS; i++)
        into->hits[i] += from->hits[i];
    into->shaped |= from->shaped;
    into->hidden |= from->hidden;
    into->values += from->values;
    into->masked += from->masked;
    into->roles += from->roles;
    into->loose_phones += from->loose_phones;
    into->opaque += from->opaque;
    into->formed += from->formed;
    into->names_like += from->names_like;
    into->long_numbers += from->long_numbers;
    into->quads += from->quads;
    into->low_quads += from->low_quads;
    into->ten_quads += from->ten_quads;
    into->local_quads += from->local_quads;
    if (from->different == NULL)
        return 0;
    if (into->different == NULL)
        into->different = calloc(1, ESTIMATE_SIZE);
    if (into->different == NULL)
        return -1;
    estimate_merge(into->different, from->different);
    return 0;
}

static struct node *data_child(struct tree *tree, struct node *node)
{
    struct node *data = child_of(node, TREE_DATA);
    return data != NULL ? data : new_node(tree, node, TREE_DATA);
}

/* Add a child and all below it to ${data}. Return 0, or -1 when memory runs out. */
static int merge_below(struct node *data, struct node *child)
{
    data->records += child->records;
    if (data->records > data->parent->records)
        data->records = data->parent->records;
    if (data->serial < child->serial)
        data->serial = child->serial;
    for (size_t i = 0; i < TREE_TYPES; i++)
        data->types[i] += child->types[i];
    for (struct node *at = child; at != NULL; at = tree_after(at, child))
        if (merge(data, at) != 0)
            return -1;
    return 0;
}

/* Join all members of ${node} and all below them into one. Return 0, or -1 when memory runs out. */
static int join(struct tree *tree, struct node *node)
{
    struct node *data = data_child(tree, node);
    struct node *next;
    if (data == NULL)
        return -1;
    for (struct node *child = node->first; child != NULL; child = child->next)
        if (child->step == TREE_KEY && merge_below(data, child) != 0)
            return -1;
    struct node *child = node->first;
    node->whole = true;
    node->first = node->last = node->cursor = NULL;
    node->children = 0;
    for (; child != NULL; child = next) {
        next = child->next;
        child->next = NULL;
        if (child->step == TREE_KEY)
            tree_free(tree, child);
        else
            append(node, child);
    }
    return 0;
}

static struct node *find(struct node *node, const char *key, size_t length)
{
    const struct ends ends = ends_of(key, length);
    struct node *child = node->first;
    while (child != NULL && !tree_is_named(child, key, length, ends))
        child = child->next;
    return child;
}

/* Return true when most keys of the node came only once. */
static bool has_new_keys(const struct node *node)
{
    unsigned once = 0;
    for (const struct node *child = node->first; child != NULL; child = child->next)
        once += child->step == TREE_KEY && child->records <= 1;
    return node->children > TREE_KEYS && once * 2 > node->children;
}

static struct node *new_member(struct tree *tree, struct node *node, const char *key, size_t length)
{
    struct key_meaning meaning;
    char *name = malloc(length > 0 ? length : 1);
    struct node *child = name == NULL ? NULL : new_node(tree, node, TREE_KEY);
    if (child == NULL) {
        free(name);
        return NULL;
    }
    memcpy(name, key, length);
    child->name = name;
    child->name_length = length;
    child->ends = ends_of(key, length);
    key_meaning_read(key, length, &meaning);
    inspect_key_below(&child->key, &meaning, &node->key);
    return child;
}

struct node *tree_member(struct tree *tree, struct node *node, const char *key, size_t length)
{
    struct node *child = tree_next(node, key, length);
    if (child == NULL && !node->whole)
        child = find(node, key, length);
    if (child != NULL) {
        node->cursor = child;
        return child;
    }
    if (!node->whole && !key_meaning_is_data(key, length)) {
        bool power = (node->children & (node->children - 1)) == 0;
        if (node->children >= CHILDREN_MOST ||
            (power && node->types[JSON_OBJECT] >= OBJECTS_LEAST && has_new_keys(node))) {
            if (join(tree, node) != 0)
                return NULL;
        } else {
            return tree->count < TREE_MOST ? new_member(tree, node, key, length) : node;
        }
    }
    if (tree->count >= TREE_MOST && child_of(node, TREE_DATA) == NULL)
        return node;
    return data_child(tree, node);
}

struct node *tree_element(struct tree *tree, struct node *node)
{
    struct node *child = child_of(node, TREE_EACH);
    if (child != NULL)
        return child;
    return tree->count < TREE_MOST ? new_node(tree, node, TREE_EACH) : node;
}

int tree_members(struct tree *tree, struct node *node, size_t members)
{
    return members > TREE_KEYS && !node->whole ? join(tree, node) : 0;
}

int tree_finish(struct tree *tree, struct node *node)
{
    for (struct node *at = node; at != NULL; at = tree_after(at, node))
        if (!at->whole && has_new_keys(at) && join(tree, at) != 0)
            return -1;
    return 0;
}

int tree_add(struct node *node, const struct inspect_finding *finding, uint64_t hash)
{
    node->values++;
    for (unsigned kinds = finding->kinds; kinds != 0; kinds &= kinds - 1)
        node->hits[__builtin_ctz(kinds)]++;
    node->shaped |= finding->shaped;
    node->hidden |= finding->hidden;
    node->masked += finding->masked;
    node->roles += finding->role;
    node->loose_phones += finding->loose_phone;
    node->opaque += finding->opaque;
    node->formed += finding->formed;
    node->names_like += finding->name_like;
    node->long_numbers += finding->long_number;
    if (finding->quad) {
        node->quads++;
        node->low_quads += finding->quad_low;
        node->ten_quads += finding->quad_ten;
        node->local_quads += finding->quad_local;
    }
    if (node->different == NULL)
        node->different = calloc(1, ESTIMATE_SIZE);
    if (node->different == NULL)
        return -1;
    estimate_add(node->different, hash);
    return 0;
}

static bool is_bare(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        bool letter = (unsigned char)((c | 0x20) - 'a') < 26 || c == '_';
        if (!letter && (i == 0 || (unsigned char)(c - '0') > 9))
            return false;
    }
    return length > 0;
}

static int add_step(struct buf *out, const struct node *node)
{
    const struct node *parent = node->parent;
    switch (node->step) {
    case TREE_EACH:
        return buf_puts(out,
            parent != NULL && parent->step == TREE_ROOT && *parent->prefix == '\0' ? ".[]" : "[]");
    case TREE_DATA:
        return buf_puts(out, ".{}");
    case TREE_KEY:
        if (buf_putc(out, '.') != 0)
            return -1;
        return is_bare(node->name, node->name_length)
            ? buf_append(out, node->name, node->name_length)
            : json_string_encode_ascii(out, node->name, node->name_length);
    default:
        return buf_puts(out, node->prefix);
    }
}

int tree_path(struct buf *out, const struct node *node)
{
    const struct node *steps[JSON_MAX_DEPTH + 2];
    size_t count = 0;
    for (const struct node *at = node; at != NULL; at = at->parent)
        steps[count++] = at;
    if (count == 1 && *node->prefix == '\0')
        return buf_putc(out, '.');
    while (count > 0)
        if (add_step(out, steps[--count]) != 0)
            return -1;
    return 0;
}

struct node *tree_after(struct node *node, const struct node *top)
{
    if (node->first != NULL)
        return node->first;
    while (node != top && node->next == NULL)
        node = node->parent;
    return node == top ? NULL : node->next;
}
