#ifndef PG_TABLE_H
#define PG_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "pg/conn.h"
#include "pg/copy_binary.h"

enum { PG_SHAPE_SIZE = 24 };

/*
 * The SQL expression, all names qualified, for the shape of the table with that oid. That is a
 * digest of its columns: their names, order and types, and whether they are identity or generated.
 */
#define PG_SHAPE_SQL(oid)                                                                       \
    "(SELECT pg_catalog.hashtextextended(pg_catalog.string_agg(pg_catalog.format("              \
    "'%s %s %s %s %s', a.attname, a.atttypid, a.atttypmod, a.attidentity, a.attgenerated), ','" \
    " ORDER BY a.attnum), 0) FROM pg_catalog.pg_attribute a WHERE a.attrelid"                   \
    " OPERATOR(pg_catalog.=) " oid                                                              \
    " AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped)"

/* A table to load into, from the catalogue. */
struct pg_column {
    char *name;
    char *quoted;  /* as an SQL identifier */
    char *type;    /* "character varying(128)" */
    char *input;   /* the same for a cast; of a domain its innermost type */
    char *collate; /* " COLLATE …" behind it, or "" for the default one */
    bool domain;
    bool date;                  /* the type date itself */
    bool json;                  /* json or jsonb, or a domain over one: takes JSON text unchanged */
    bool array;                 /* an array type, or a domain over one, with literals in braces */
    bool json_elements;         /* of an array: json or jsonb, or a domain over one */
    char delimiter;             /* of an array: separates its elements */
    enum pg_copy_binary binary; /* form of its values in COPY's binary format */
    bool loadable;              /* neither generated nor GENERATED ALWAYS AS IDENTITY */
};

struct pg_table {
    char *schema;
    char *name;
    char *quoted_schema;
    char *qualified; /* "schema"."name", quoted where SQL needs it */
    bool readable;   /* the loader may SELECT */
    bool current;    /* in the schema where a table without one would be created */
    bool indexable;  /* neither a view nor a foreign table */
    bool secured;    /* row level security holds for the loader: COPY refuses the table */
    bool typed;      /* a column is of a domain, or takes JSON */
    bool zoned;      /* a column is a timestamptz: the meaning of times without offset depends */
    char shape[PG_SHAPE_SIZE]; /* of its columns, read before them: another value once they have
                                  changed */
    size_t count;
    struct pg_column *columns;
};

enum pg_table_result {
    PG_TABLE_OK,
    PG_TABLE_MISSING, /* no such table */
    PG_TABLE_KIND,    /* nothing that COPY can load: a sequence, an index, a materialized view */
    PG_TABLE_VIEW,    /* a view without an INSTEAD OF trigger for rows */
    PG_TABLE_FAILED   /* pg_conn_error() */
};

/*
 * pg_table_find(conn, name, table):
 * Look up ${name}, spelt as in SQL ("s.t", "\"Odd Name\"") and resolved by the search path, in a
 * transaction of its own. On PG_TABLE_OK the caller frees ${table}.
 */
enum pg_table_result pg_table_find(struct pg_conn *conn, const char *name, struct pg_table *table);

/*
 * pg_table_is_own_parent(conn, table, own):
 * Set *own to whether a loaded row of the table may let another row of it pass. That is so when a
 * foreign key references the table itself, when it has a trigger, which may write anywhere, and
 * when it is a foreign table. Call it in a transaction. Return 0, or -1 with the connection's
 * error.
 */
int pg_table_is_own_parent(struct pg_conn *conn, const struct pg_table *table, bool *own);

/* Return the column whose name resembles this one, or NULL. */
const char *pg_table_similar(const struct pg_table *table, const char *name);

void pg_table_free(struct pg_table *table); /* accepts a zeroed one */

#endif
