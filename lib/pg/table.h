#ifndef PG_TABLE_H
#define PG_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "pg/conn.h"

/* What the catalogue says of a table to load into. */
struct pg_column {
    char *name;
    char *quoted;       /* as an identifier in SQL */
    char *type;         /* "character varying(128)" */
    bool date;          /* the type date itself */
    bool json;          /* json or jsonb, or a domain over one: takes JSON text as it stands */
    bool array;         /* an array type, or a domain over one, with literals in braces */
    bool json_elements; /* of an array: json or jsonb, or a domain over one */
    char delimiter;     /* of an array: what stands between its elements */
    bool loadable;      /* neither generated nor an identity that is always generated */
};

struct pg_table {
    char *schema;
    char *name;
    char *quoted_schema;
    char *qualified; /* "schema"."name", quoted where SQL needs it */
    bool durable;    /* neither it nor a partition of it is unlogged or temporary */
    bool readable;   /* we may SELECT */
    size_t count;
    struct pg_column *columns;
};

enum pg_table_result {
    PG_TABLE_OK,
    PG_TABLE_MISSING, /* no such table */
    PG_TABLE_KIND,    /* nothing that COPY can load: a sequence, an index, a materialized view */
    PG_TABLE_VIEW,    /* a view that no INSTEAD OF trigger lets rows into */
    PG_TABLE_FAILED   /* pg_conn_error() */
};

/*
 * pg_table_find(conn, name, table):
 * Look up ${name}, spelt as in SQL ("s.t", "\"Odd Name\"") and resolved by the search path, in a
 * transaction of its own. On PG_TABLE_OK ${table} is to be freed.
 */
enum pg_table_result pg_table_find(struct pg_conn *conn, const char *name, struct pg_table *table);
void pg_table_free(struct pg_table *table); /* of a zeroed one too */

#endif
