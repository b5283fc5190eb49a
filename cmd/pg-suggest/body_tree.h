#ifndef PG_SUGGEST_BODY_TREE_H
#define PG_SUGGEST_BODY_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"
#include "value.h"

/*
 * The tree of the paths in the bodies so far, and the values at each. Paths go only through
 * objects, at most TREE_DEPTH of them; there are at most TREE_MOST paths.
 *
 * An object is a map when its keys are data, or too many to be names. Its children do not count.
 * Only the root keeps the children that it has.
 */
enum { TREE_MOST = 20000, TREE_DEPTH = 8, TREE_TYPES = JSON_OBJECT + 1 };

struct node {
    struct node *parent; /* NULL: the root */
    struct node *first;  /* children, in the order in which they came */
    struct node *last;
    struct node *next;
    struct node *chain; /* in the table by name */
    char *name;         /* decoded */
    size_t name_length;
    unsigned depth;
    unsigned children;
    bool map;
    bool repeated;    /* more than once in one record, by a repeated key */
    uint64_t serial;  /* of the last record it was in */
    uint64_t records; /* that have it, other than null */
    uint64_t bare;    /* of them, those without a value other than objects */
    uint64_t types[TREE_TYPES];
    uint64_t tokens;
    unsigned allowed; /* enum value_type: allowed by every value */
    unsigned traits;  /* enum value_trait: of any value, also in objects and arrays */
    bool text_nul;    /* a string here holds U+0000 */
    uint64_t shortest;
    uint64_t longest;
};

struct tree;

struct tree *body_tree_new(void);       /* NULL: out of memory */
void body_tree_free(struct tree *tree); /* NULL is fine */
struct node *body_tree_root(struct tree *tree);

/*
 * body_tree_member(tree, node, key, length, member):
 * Set ${member} to the child for a decoded key. It is NULL when the key is data, when ${node} is a
 * map, or when there is no room. Return 0, or -1 when memory runs out.
 */
int body_tree_member(struct tree *tree, struct node *node, const char *key, size_t length,
    struct node **member);

/* Count a value at the node, in the record of this number. */
void body_tree_count(struct node *node, uint64_t serial, enum json_kind kind);

/* Count the properties of a string or a number, or the bytes of another value. */
void body_tree_value(struct node *node, const struct value *value);
void body_tree_length(struct node *node, uint64_t length);

/* Note that the record of this number had only objects, and nothing in them. */
void body_tree_note_bare(struct tree *tree, uint64_t serial);

/* Find, at the end, the maps among the objects. */
void body_tree_finish(struct tree *tree);

#endif
