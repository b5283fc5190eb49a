#ifndef PG_UPSERT_FORM_H
#define PG_UPSERT_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "pg/conn.h"
#include "pg/table.h"

/*
 * What rows are found by that are to be updated, or inserted where there is none: a unique index
 * over a set of columns, in whatever order, and the operators by which that index tells its keys
 * apart. All names are qualified and quoted where SQL needs it.
 */

enum {
    PG_UPSERT_KEYS = 32,               /* the server's INDEX_MAX_KEYS */
    PG_UPSERT_COLUMNS = 1600,          /* and its MaxHeapAttributeNumber */
    PG_UPSERT_WORDS = 4 * PG_NAME_SIZE /* two names, quoted */
};

/* Types with one text for each value: equal values are equal texts, which can be told apart, and
 * put in order, without the server. */
enum pg_upsert_exact {
    PG_UPSERT_EXACT_NOT,
    PG_UPSERT_EXACT_TEXT,    /* text, varchar; ordered by their bytes */
    PG_UPSERT_EXACT_INTEGER, /* int2, int4, int8 */
    PG_UPSERT_EXACT_UUID
};

struct pg_upsert_key {
    size_t column;                 /* in the table's columns */
    char less[PG_UPSERT_WORDS];    /* "OPERATOR(pg_catalog.<)" */
    char equal[PG_UPSERT_WORDS];   /* "OPERATOR(pg_catalog.=)" */
    char collate[PG_UPSERT_WORDS]; /* " COLLATE pg_catalog.\"C\"", or "" */
    enum pg_upsert_exact exact;
    size_t width; /* of a text: how long it may be; 0: as long as it is */
};

struct pg_upsert_form {
    char index[PG_NAME_SIZE];
    size_t count;
    struct pg_upsert_key keys[PG_UPSERT_KEYS]; /* in the index's order */
    bool has_newer;
    size_t newer;                     /* in the table's columns */
    char newer_less[PG_UPSERT_WORDS]; /* of its type */
    bool plain;                       /* an ordinary table, whose heirs have rows of their own */
    bool checked;                     /* it has CHECK constraints */
    bool temporary;                   /* we may make temporary tables */
    bool not_null[PG_UPSERT_COLUMNS]; /* by column: takes no NULL */
    bool has_default[PG_UPSERT_COLUMNS];
};

enum pg_upsert_result {
    PG_UPSERT_OK,
    PG_UPSERT_NO_INDEX,   /* none over these columns; the next five: there is ${form->index}, but */
    PG_UPSERT_DEFERRABLE, /* it is deferrable */
    PG_UPSERT_PARTIAL,
    PG_UPSERT_EXPRESSION,
    PG_UPSERT_INVALID,  /* it was not built to its end */
    PG_UPSERT_OVERLAPS, /* it is no B-tree */
    PG_UPSERT_NO_ORDER, /* the type of the newer column has no order */
    PG_UPSERT_FAILED    /* pg_conn_error() */
};

/*
 * pg_upsert_form_read(conn, table, columns, count, newer, form):
 * Read the form for the columns[0, count) of the table, all different, and for the column ${newer}
 * (SIZE_MAX: none). In a transaction, and true until its end if that has locked the table.
 */
enum pg_upsert_result pg_upsert_form_read(struct pg_conn *conn, const struct pg_table *table,
    const size_t *columns, size_t count, size_t newer, struct pg_upsert_form *form);

/*
 * pg_upsert_form_mark(conn, table, mark):
 * Set ${mark} to what is another once the table's columns, defaults, constraints or indexes are:
 * then the form is to be read anew, which costs a small batch much. 0, or -1 with pg_conn_error().
 */
int pg_upsert_form_mark(struct pg_conn *conn, const struct pg_table *table,
    char mark[PG_SHAPE_SIZE]);

/* Whether the table, or a partition of it, has a trigger that may change a row before it is
 * inserted, or keep it out. 0, or -1 with pg_conn_error(). */
int pg_upsert_form_meddled(struct pg_conn *conn, const struct pg_table *table, bool *meddled);

#endif
