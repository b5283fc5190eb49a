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
 * A tree of the paths of all records so far, with the findings at each. It has at most TREE_MOST
 * nodes; a value without a node counts for the node above.
 *
 * Members under keys that are data share one node without a name. So do all members of an object
 * with more than TREE_KEYS different keys, and of one that always has new keys.
 */
enum { TREE_MOST = 10000, TREE_KEYS = 64, TREE_TYPES = JSON_OBJECT + 1 };

enum tree_step { TREE_ROOT, TREE_KEY, TREE_EACH, TREE_DATA };

struct node {
    enum tree_step step;
    struct node *parent; /* NULL for a root */
    struct node *first;  /* children, in order of arrival */
    struct node *last;
    struct node *next;
    struct node *cursor; /* last child found: the next one mostly follows it */
    const char *prefix;  /* of a root: the start of its paths, "" or "attributes" */
    char *name;          /* TREE_KEY: decoded */
    size_t name_length;
    struct ends ends; /* of the name */
    uint64_t number;  /* from 1, never used again */
    struct inspect_key key;
    unsigned children;
    bool whole;      /* its members share one node, TREE_DATA */
    uint64_t serial; /* of the last record that had it */
    uint64_t records;
    uint64_t present; /* records with a value here that is not null */
    bool is_present;  /* in the last record */
    uint64_t types[TREE_TYPES];

    uint64_t values; /* inspected: all but null, "", true, false and containers */
    uint64_t again;  /* values found in the memo */
    uint64_t hits[INSPECT_KINDS];
    unsigned shaped; /* kinds that a value has by its shape, whatever its key */
    unsigned hidden; /* kinds that a value has where "detect" of a policy misses them */
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
    uint64_t local_quads;
    unsigned char *different; /* ESTIMATE_SIZE, or NULL before the first value */
};

struct tree {
    size_t count;
    uint64_t made;     /* nodes made so far */
    uint64_t left_out; /* values whose path has no node of its own */
};

/* Make a root whose paths begin with ${prefix}. Return NULL when memory runs out. */
struct node *tree_root(struct tree *tree, const char *prefix);
void tree_free(struct tree *tree, struct node *node); /* with all nodes below; NULL is fine */

/* Return true when a node has this key, whose ends are ${ends}. */
static inline bool tree_is_named(const struct node *node, const char *key, size_t length,
    struct ends ends)
{
    return node->step == TREE_KEY && node->name_length == length && ends_equal(node->ends, ends) &&
        (length <= ENDS_ALL || memcmp(node->name, key, length) == 0);
}

/*
 * Return the child behind the last one when it has this key, as in most events of one shape. After
 * NULL tree_member() must search.
 */
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
 * Return the child of ${node} for a decoded key, or for elements; ${node} itself when the tree is
 * full; NULL when memory runs out.
 */
struct node *tree_member(struct tree *tree, struct node *node, const char *key, size_t length);
struct node *tree_element(struct tree *tree, struct node *node);

/*
 * Report the number of members in an object of ${node}: too many for names are joined. Return 0, or
 * -1.
 */
int tree_members(struct tree *tree, struct node *node, size_t members);

/*
 * After the last record, join objects that always had new keys. Return 0, or -1 when memory runs
 * out.
 */
int tree_finish(struct tree *tree, struct node *node);

/* Count a value of a type in the record with this serial number. */
static inline void tree_count(struct node *node, uint64_t serial, enum json_kind kind)
{
    if (node->serial != serial) {
        node->serial = serial;
        node->records++;
        node->is_present = false;
    }
    if (kind != JSON_NULL && !node->is_present) {
        node->is_present = true;
        node->present++;
    }
    node->types[kind]++;
}

/* Count the findings in a value with this hash. Return 0, or -1 when memory runs out. */
int tree_add(struct node *node, const struct inspect_finding *finding, uint64_t hash);

/*
 * Append the path as escaped ASCII: ".a.b", ".a[]", `."odd key"`, ".a.{}", "attributes.name".
 * Return 0, or -1.
 */
int tree_path(struct buf *out, const struct node *node);

/* Return the node after ${node} in depth-first order below ${top}, or NULL at the end. */
struct node *tree_after(struct node *node, const struct node *top);

#endif
