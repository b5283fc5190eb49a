#ifndef PII_SCAN_TREE_H
#define PII_SCAN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "ends.h"
#include "estimate.h"
#include "inspect.h"

/*
 * The paths of the records seen so far, as a tree, and what stands at each. It has TREE_MOST nodes
 * at most; what has no place any more counts for the node above.
 *
 * Members of an object under keys that are themselves data are one node, without a name; so are all
 * members of one with more than TREE_KEYS different keys, and of one that has new keys all the
 * time.
 */
enum { TREE_MOST = 10000, TREE_KEYS = 64, TREE_TYPES = JSON_OBJECT + 1 };

enum tree_step { TREE_ROOT, TREE_KEY, TREE_EACH, TREE_DATA };

struct node {
    enum tree_step step;
    struct node *parent; /* NULL for a root */
    struct node *first;  /* children, in the order in which they came */
    struct node *last;
    struct node *next;
    struct node *cursor; /* the child met last: the next one mostly follows it */
    const char *prefix;  /* of a root: what its paths begin with, "" or "attributes" */
    char *name;          /* TREE_KEY: decoded */
    size_t name_length;
    struct ends ends; /* of the name */
    uint64_t number;  /* from 1, of no other node there is or was */
    struct inspect_key key;
    unsigned children;
    bool whole;      /* its members are one node, TREE_DATA */
    uint64_t serial; /* of the last record it was in */
    uint64_t records;
    uint64_t types[TREE_TYPES];

    uint64_t values; /* looked at: all but null, "", true, false and containers */
    uint64_t again;  /* those of them that were known, for whoever remembers values */
    uint64_t hits[INSPECT_KINDS];
    uint64_t masked;
    uint64_t roles;
    uint64_t loose_phones;
    uint64_t opaque;
    uint64_t names_like;
    uint64_t formed;
    uint64_t long_numbers;
    uint64_t quads;
    uint64_t low_quads;
    uint64_t ten_quads;
    uint64_t own_quads;
    unsigned char *different; /* ESTIMATE_SIZE, or NULL: no value yet */
};

struct tree {
    size_t count;
    uint64_t made;     /* nodes there are or were */
    uint64_t left_out; /* values whose path has no node of its own */
};

/* A root, whose paths begin with ${prefix}; NULL: out of memory. */
struct node *tree_root(struct tree *tree, const char *prefix);
void tree_free(struct tree *tree, struct node *node); /* with all below; NULL is fine */

/* Whether a node is that of a member of this key, whose ends are ${ends}. */
static inline bool tree_is_named(const struct node *node, const char *key, size_t length,
    struct ends ends)
{
    return node->step == TREE_KEY && node->name_length == length && ends_equal(node->ends, ends) &&
        (length <= ENDS_ALL || memcmp(node->name, key, length) == 0);
}

/* The child behind the one met last if it is that of the key, as in events of one shape it mostly
 * is; else NULL, which says nothing. */
static inline struct node *tree_next(struct node *node, const char *key, size_t length)
{
    struct node *child = node->cursor != NULL ? node->cursor->next : NULL;
    if (child == NULL)
        child = node->first;
    if (child == NULL || !tree_is_named(child, key, length, ends_of(key, length)))
        return NULL;
    node->cursor = child;
    return child;
}

/*
 * The child of ${node} for a key, decoded, or for elements; or ${node} itself when there is no room
 * for another. NULL: out of memory.
 */
struct node *tree_member(struct tree *tree, struct node *node, const char *key, size_t length);
struct node *tree_element(struct tree *tree, struct node *node);

/* An object of ${node} has had so many members: more than can be names are one. 0, or -1. */
int tree_members(struct tree *tree, struct node *node, size_t members);

/* At the end: objects that had new keys all the time. 0, or -1: out of memory. */
int tree_finish(struct tree *tree, struct node *node);

/* Count a value of a type, in the record with this serial number. */
static inline void tree_count(struct node *node, uint64_t serial, enum json_kind kind)
{
    if (node->serial != serial) {
        node->serial = serial;
        node->records++;
    }
    node->types[kind]++;
}

/* Count what was found in a value of this hash. 0, or -1: out of memory. */
int tree_add(struct node *node, const struct inspect_finding *finding, uint64_t hash);

/* Append the path: ".a.b", ".a[]", `."odd key"`, ".a.{}", "attributes.name"; escaped ASCII. 0, -1.
 */
int tree_path(struct buf *out, const struct node *node);

/* What comes after ${node} when each is followed by all below it, from ${top} on; NULL: no more. */
struct node *tree_after(struct node *node, const struct node *top);

#endif
