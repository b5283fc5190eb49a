#ifndef PG_SUGGEST_TYPE_H
#define PG_SUGGEST_TYPE_H

#include <stdbool.h>

#include "body_tree.h"

/* The type of the column that takes every value seen at a node. All texts are static. */
struct type {
    const char *sql;    /* "bigint" */
    const char *filter; /* a jq program that makes the value fit; NULL: it fits as it is */
    const char *remark; /* for people, "epoch milliseconds"; NULL: none */
    const char
        *unit;   /* of the node's lengths: "character", "digit", "byte"; NULL: they say nothing */
    bool lookup; /* masked values, which are looked for by what they are */
    bool failed; /* out of memory: the rest says nothing */
    bool exact;  /* a number in it may have more digits than a filter keeps */
};

void type_of(const struct node *node, struct type *type);

/* Whether all that was seen at the node but null are objects. */
bool type_is_object(const struct node *node);

#endif
