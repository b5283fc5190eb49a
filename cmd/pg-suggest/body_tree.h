#ifndef PG_SUGGEST_BODY_TREE_H
#define PG_SUGGEST_BODY_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"
#include "value.h"

/*
 * The paths of the bodies seen so far, as a tree, and what stands at each. Paths go through objects
 * only, TREE_DEPTH of them at most; there are TREE_MOST at most.
 *
 * An object whose keys are themselves data, or of which there are too many to be names, is a map:
 * it has no children that count. The root alone keeps those that it has.
 */
enum { TREE_MOST = 20000, TREE_DEPTH = 8, TREE_TYPES = JSON_OBJECT + 1 };

struct node {
    struct node *parent; /* NULL: the root */
    struct node *first;  /* children, in the order in which they came */
    struct node *last;
    struct node *next;
    struct node *chain; /* of the table by name */
    char *name;         /* decoded */
    size_t name_length;
    unsigned depth;
    unsigned children;
    bool map;
    bool repeated;    /* more than once in one record: its key stood twice */
    uint64_t serial;  /* of the last record it was in */
    uint64_t records; /* in which it was, other than null */
    uint64_t bare;    /* of them, those without a value that is no object */
    uint64_t types[TREE_TYPES];
    uint64_t tokens;
    unsigned allowed; /* of enum value_type: by every value */
    unsigned traits;  /* of enum value_trait: of any; also of what is in objects and arrays */
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
 * The child for a key, decoded, into ${member}; or NULL there, when the key is data, ${node} is a
 * map, or there is no room. 0, or -1: out of memory.
 */
int body_tree_member(struct tree *tree, struct node *node, const char *key, size_t length,
    struct node **member);

/* Count a value at the node, in the record of this number. */
void body_tree_count(struct node *node, uint64_t serial, enum json_kind kind);

/* Count what is known of a string or a number, or how many bytes another value has. */
void body_tree_value(struct node *node, const struct value *value);
void body_tree_length(struct node *node, uint64_t length);

/* The record of this number has had none but objects, and in them nothing. */
void body_tree_note_bare(struct tree *tree, uint64_t serial);

/* At the end: find the maps among the objects. */
void body_tree_finish(struct tree *tree);

/* What comes after ${node} when each is followed by all below it; NULL: no more. */
struct node *body_tree_after(struct node *node);

#endif
