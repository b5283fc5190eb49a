#ifndef PG_SUGGEST_COLUMNS_H
#define PG_SUGGEST_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bodies.h"
#include "name.h"
#include "type.h"

/*
 * The columns of a table for the values of a tree, at most COLUMNS_MOST. A row of that many, each
 * with a value, fits into a page of PostgreSQL with any values. An object is split into columns if
 * it always is an object, its keys are names, and there is room; another object is one column.
 */
enum { COLUMNS_MOST = 250 };

struct column {
    const struct node *node;
    char name[NAME_MOST + 1];
    struct type type;
    uint64_t present; /* number of records with a value */
    bool required;    /* all records have one */
    char *expression; /* of the map */
};

struct columns {
    struct column *list;
    size_t count;
    uint64_t records;
    bool mixed; /* only some bodies are objects: the map tests each */
    bool empty; /* some are objects without a value: the map makes a row of each */
    bool whole; /* the last column has the rest */
};

/*
 * columns_new(bodies):
 * Find all columns, at least one; there is a record. Return NULL when memory runs out.
 */
struct columns *columns_new(const struct bodies *bodies);
void columns_free(struct columns *columns); /* NULL is fine */

#endif
