#ifndef PG_SUGGEST_TYPE_H
#define PG_SUGGEST_TYPE_H

#include <stdbool.h>

#include "body_tree.h"

/* The type of a column that takes every value of a node. All texts are static. */
struct type {
    const char *sql;    /* "bigint" */
    const char *filter; /* a jq program that makes the value fit; NULL: it fits already */
    const char *remark; /* for people, "epoch milliseconds"; NULL: none */
    const char *unit;   /* of lengths: "character", "digit", "byte"; NULL: no meaning */
    bool lookup;        /* masked values, which are looked up by value */
    bool failed;        /* out of memory; the rest is not set */
    bool exact;         /* a number in it may have more digits than a filter keeps */
};

void type_of(const struct node *node, struct type *type);

/* Return true when all values at the node, except null, are objects. */
bool type_is_object(const struct node *node);

#endif
