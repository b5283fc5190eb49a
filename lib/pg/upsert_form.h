#ifndef PG_UPSERT_FORM_H
#define PG_UPSERT_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "pg/conn.h"
#include "pg/table.h"

/*
 * How the rows to update are found: a unique index over a set of columns, in any order, and the
 * operators by which that index compares keys. All names are qualified and quoted where SQL needs
 * it.
 */

enum {
    PG_UPSERT_KEYS = 32,               /* the server's INDEX_MAX_KEYS */
    PG_UPSERT_COLUMNS = 1600,          /* the server's MaxHeapAttributeNumber */
    PG_UPSERT_WORDS = 4 * PG_NAME_SIZE /* two names, quoted */
};

/*
 * Types with one text for each value: values can be compared and sorted as texts, without the
 * server.
 */
enum pg_upsert_exact {
    PG_UPSERT_EXACT_NOT,
    PG_UPSERT_EXACT_TEXT,    /* text, varchar; ordered by their bytes */
    PG_UPSERT_EXACT_INTEGER, /* int2, int4, int8 */
    PG_UPSERT_EXACT_UUID
};

struct pg_upsert_key {
    size_t column;                 /* index in the table's columns */
    char less[PG_UPSERT_WORDS];    /* "OPERATOR(pg_catalog.<)" */
    char equal[PG_UPSERT_WORDS];   /* "OPERATOR(pg_catalog.=)" */
    char collate[PG_UPSERT_WORDS]; /* " COLLATE pg_catalog.\"C\"", or "" */
    enum pg_upsert_exact exact;
    size_t width; /* declared length of a text; 0: none */
};

struct pg_upsert_form {
    char index[PG_NAME_SIZE];
    size_t count;
    struct pg_upsert_key keys[PG_UPSERT_KEYS]; /* in the index's order */
    bool has_newer;
    size_t newer;                     /* index in the table's columns */
    char newer_less[PG_UPSERT_WORDS]; /* of its type */
    bool plain;     /* an ordinary table; inheriting tables have rows of their own */
    bool checked;   /* it has CHECK constraints */
    bool temporary; /* the loader may create temporary tables */
    bool not_null[PG_UPSERT_COLUMNS]; /* by column: takes no NULL */
    bool has_default[PG_UPSERT_COLUMNS];
};

enum pg_upsert_result {
    PG_UPSERT_OK,
    PG_UPSERT_NO_INDEX,   /* none over these columns; the next five are about ${form->index}: */
    PG_UPSERT_DEFERRABLE, /* it is deferrable */
    PG_UPSERT_PARTIAL,
    PG_UPSERT_EXPRESSION,
    PG_UPSERT_INVALID,  /* its creation was not finished */
    PG_UPSERT_OVERLAPS, /* it is not a B-tree */
    PG_UPSERT_RULE,     /* the table has a rule, named in ${form->index} */
    PG_UPSERT_NO_ORDER, /* the type of the newer column has no order */
    PG_UPSERT_FAILED    /* pg_conn_error() */
};

/*
 * pg_upsert_form_read(conn, table, columns, count, newer, form):
 * Read the form for columns[0, count) of the table, all different, and for the column ${newer}
 * (SIZE_MAX: none). In a transaction; valid until its end if it has locked the table.
 */
enum pg_upsert_result pg_upsert_form_read(struct pg_conn *conn, const struct pg_table *table,
    const size_t *columns, size_t count, size_t newer, struct pg_upsert_form *form);

/*
 * pg_upsert_form_mark(conn, table, mark):
 * Set ${mark} to a value that changes with the table's columns, defaults, constraints or indexes:
 * then the form must be read again, which is expensive for a small batch. Return 0, or -1 with
 * pg_conn_error().
 */
int pg_upsert_form_mark(struct pg_conn *conn, const struct pg_table *table,
    char mark[PG_SHAPE_SIZE]);

/*
 * Find whether the table, or a partition of it, has a trigger that may change a row before its
 * insert, or keep it out. Return 0, or -1 with pg_conn_error().
 */
int pg_upsert_form_has_triggers(struct pg_conn *conn, const struct pg_table *table,
    bool *has_triggers);

#endif
