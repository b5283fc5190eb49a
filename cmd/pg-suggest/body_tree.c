#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "body_tree.h"
#include "detect/given.h"
#include "detect/key_meaning.h"

/*
 * The most children of any node; the most names that an object below the root may have. Up to
 * NAMES_FEW different keys tell nothing about an object.
 */
enum { CHILDREN_MOST = 1000, NAMES_MOST = 64, NAMES_FEW = 6, BUCKETS = 1 << 14 };

struct tree {
    struct node *root;
    size_t count;
    struct node *buckets[BUCKETS];
};

static struct node *new_node(struct tree *tree, struct node *parent, const char *key, size_t length)
{
    struct node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return NULL;
    node->name = malloc(length + 1);
    if (node->name == NULL) {
        free(node);
        return NULL;
    }
    memcpy(node->name, key, length);
    node->name[length] = '\0';
    node->name_length = length;
    node->parent = parent;
    node->allowed = VALUE_ALL;
    node->shortest = UINT64_MAX;
    tree->count++;
    if (parent == NULL)
        return node;
    node->depth = parent->depth + 1;
    if (parent->last != NULL)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    parent->children++;
    return node;
}

struct tree *body_tree_new(void)
{
    struct tree *tree = calloc(1, sizeof *tree);
    if (tree == NULL)
        return NULL;
    tree->root = new_node(tree, NULL, "", 0);
    if (tree->root != NULL)
        return tree;
    free(tree);
    return NULL;
}

void body_tree_free(struct tree *tree)
{
    struct node *node = tree == NULL ? NULL : tree->root;
    while (node != NULL) {
        if (node->first != NULL) { /* children first, so that the current node is a leaf */
            struct node *child = node->first;
            node->first = child->next;
            child->next = NULL;
            node = child;
            continue;
        }
        struct node *parent = node->parent;
        free(node->name);
        free(node);
        node = parent;
    }
    free(tree);
}

struct node *body_tree_root(struct tree *tree)
{
    return tree->root;
}

/* Return true for a key that must not be shown as a name. */
static bool is_data(const char *key, size_t length)
{
    return memchr(key, '\0', length) != NULL || key_meaning_is_data(key, length);
}

int body_tree_member(struct tree *tree, struct node *node, const char *key, size_t length,
    struct node **member)
{
    bool root = node->parent == NULL;
    *member = NULL;
    if (node->map && !root)
        return 0;
    uint64_t hash = hash_bytes(key, length) ^ hash_bytes(&node, sizeof node);
    struct node **bucket = &tree->buckets[hash % BUCKETS];
    for (struct node *at = *bucket; at != NULL; at = at->chain)
        if (at->parent == node && at->name_length == length && memcmp(at->name, key, length) == 0) {
            *member = at;
            return 0;
        }
    if (node->depth >= TREE_DEPTH)
        return 0;
    if (node->children >= CHILDREN_MOST || tree->count >= TREE_MOST || is_data(key, length)) {
        node->map = true;
        return 0;
    }
    struct node *made = new_node(tree, node, key, length);
    if (made == NULL)
        return -1;
    made->chain = *bucket;
    *bucket = made;
    *member = made;
    return 0;
}

void body_tree_count(struct node *node, uint64_t serial, enum json_kind kind)
{
    bool again = node->serial == serial;
    node->repeated |= again;
    node->serial = serial;
    node->records += !again && kind != JSON_NULL;
    node->types[kind]++;
}

void body_tree_length(struct node *node, uint64_t length)
{
    node->shortest = length < node->shortest ? length : node->shortest;
    node->longest = length > node->longest ? length : node->longest;
}

void body_tree_value(struct node *node, const struct value *value)
{
    node->allowed &= value->types;
    node->traits |= value->traits;
    node->text_nul |= (value->traits & VALUE_NUL) != 0;
    node->tokens += (value->traits & VALUE_TOKEN) != 0;
    body_tree_length(node, value->length);
}

/* Return the next node after ${node} that is not below it. */
static struct node *next_outside(struct node *node)
{
    while (node != NULL && node->next == NULL)
        node = node->parent;
    return node == NULL ? NULL : node->next;
}

/* Return the node after ${node}, in an order that puts all below a node after it; NULL: no more. */
static struct node *node_after(struct node *node)
{
    return node->first != NULL ? node->first : next_outside(node);
}

void body_tree_note_bare(struct tree *tree, uint64_t serial)
{
    for (struct node *node = tree->root; node != NULL;) {
        bool there = node->serial == serial;
        node->bare += there;
        node = there ? node_after(node) : next_outside(node);
    }
}

/* Return true when every value below has the same types: the values of a map have one type. */
static bool is_alike(const struct node *node)
{
    unsigned seen = 0;
    for (const struct node *child = node->first; child != NULL; child = child->next)
        for (unsigned type = JSON_FALSE; type < TREE_TYPES; type++)
            if (child->types[type] > 0)
                seen |= 1u << (type == JSON_TRUE ? (unsigned)JSON_FALSE : type);
    return (seen & (seen - 1)) == 0;
}

/*
 * Return true for an object whose keys seem to be data. Then most of them came only once. Or none
 * is in more than half of the objects, and all values have one type. Or two or more of them, and
 * half of all, are given names of people.
 */
static bool has_keys_of_data(const struct node *node)
{
    uint64_t objects = node->types[JSON_OBJECT];
    unsigned once = 0;
    unsigned given = 0;
    uint64_t most = 0;
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        once += child->records <= 1;
        given += given_is_name(child->name, child->name_length);
        most = child->records > most ? child->records : most;
    }
    if (given >= 2 && given * 2 >= node->children)
        return true;
    if (node->children > NAMES_MOST)
        return node->parent != NULL || (objects > 1 && once * 2 > node->children);
    return node->parent != NULL && node->children >= NAMES_FEW && most * 2 < objects &&
        is_alike(node);
}

void body_tree_finish(struct tree *tree)
{
    for (struct node *node = tree->root; node != NULL; node = node_after(node))
        node->map = node->map || has_keys_of_data(node);
}
