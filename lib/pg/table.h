#ifndef PG_TABLE_H
#define PG_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "pg/conn.h"
#include "pg/copy_binary.h"

enum { PG_SHAPE_SIZE = 24 };

/* The SQL expression, all names qualified, of the shape of the table with that oid: a digest of its
 * columns' names, order, types, and what makes their values. */
#define PG_SHAPE_SQL(oid)                                                                       \
    "(SELECT pg_catalog.hashtextextended(pg_catalog.string_agg(pg_catalog.format("              \
    "'%s %s %s %s %s', a.attname, a.atttypid, a.atttypmod, a.attidentity, a.attgenerated), ','" \
    " ORDER BY a.attnum), 0) FROM pg_catalog.pg_attribute a WHERE a.attrelid"                   \
    " OPERATOR(pg_catalog.=) " oid                                                              \
    " AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped)"

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
    enum pg_copy_binary binary; /* how its values go in COPY's binary format */
    bool loadable;              /* neither generated nor an identity that is always generated */
};

struct pg_table {
    char *schema;
    char *name;
    char *quoted_schema;
    char *qualified; /* "schema"."name", quoted where SQL needs it */
    bool readable;   /* we may SELECT */
    bool current;    /* it is in the schema that a table without one would be made in */
    bool zoned;      /* a column is a timestamptz: what a text without an offset means depends */
    char shape[PG_SHAPE_SIZE]; /* of its columns, no newer than they: equal while they are */
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
