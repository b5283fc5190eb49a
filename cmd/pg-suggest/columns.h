#ifndef PG_SUGGEST_COLUMNS_H
#define PG_SUGGEST_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bodies.h"
#include "name.h"
#include "type.h"

/*
 * The columns of a table for the values of a tree, COLUMNS_MOST at most: a row of so many, each
 * with a value, fits into a page of PostgreSQL whatever the values are. Objects are taken apart as
 * far as they are always objects, their keys are names, and there is room; others are a column
 * each.
 */
enum { COLUMNS_MOST = 250 };

struct column {
    const struct node *node;
    char name[NAME_MOST + 1];
    struct type type;
    uint64_t present; /* in so many records it has a value; */
    bool required;    /* in all of them */
    char *expression; /* of the map */
};

struct columns {
    struct column *list;
    size_t count;
    uint64_t records;
    bool mixed; /* bodies are objects in some records only: the map asks each */
    bool empty; /* some are objects without a value: the map makes a row of them as well */
    bool whole; /* the last column has what is in no other */
};

/*
 * columns_new(bodies):
 * All of them, at least one; there is a record. NULL: out of memory.
 */
struct columns *columns_new(const struct bodies *bodies);
void columns_free(struct columns *columns); /* NULL is fine */

#endif
