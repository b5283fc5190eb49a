#ifndef PG_TABLE_STATE_H
#define PG_TABLE_STATE_H

#include <stdbool.h>

#include "pg/conn.h"
#include "pg/side_table.h"
#include "pg/table.h"

/*
 * The conditions under which a commit means what its verdicts say. They are checked in a
 * transaction that has written to the tables: its locks keep others from changing them until its
 * end. (COPY and INSERT hold ROW EXCLUSIVE, which conflicts with SET UNLOGGED, with dropping a
 * constraint, with creating a trigger or rule, and with every change of a column; PostgreSQL
 * manual, "Explicit Locking".) The check itself takes no lock, not even on partitions.
 */

/* State of the ledger, or of the error table. */
struct pg_side_state {
    bool forgets;      /* it, or a partition of it, is unlogged, temporary or foreign */
    bool keyless;      /* no valid unique index on "key" alone */
    bool may_keep_out; /* a trigger, a rule or row security may keep rows out */
};

struct pg_table_state {
    char shape[PG_SHAPE_SIZE]; /* of the target's columns now; see pg_table.shape */
    bool foreign;              /* the target, or a partition of it at any depth, is foreign */
    bool forgets;              /* or unlogged or temporary */
    struct pg_side_state side; /* of the requested table */
    bool waiting;              /* the error table has unresolved rows */
    int more;                  /* column of the result where the values of ${more} begin */
};

/*
 * What to check beside the shape: for more checks the server plans the statement longer than it
 * runs it.
 */
enum pg_table_state_what {
    PG_TABLE_STATE_SHAPE, /* nothing */
    PG_TABLE_STATE_TARGET /* whether the target is foreign or forgets */
};

/*
 * pg_table_state_read(conn, table, what, side, errors, more, guard):
 * Check the tables in one statement. ${side}: the ledger or error table to check, with
 * PG_TABLE_STATE_TARGET; or NULL. ${errors}: an error table that may have unresolved rows; or NULL.
 * ${more}: SQL expressions, separated by commas, whose values stay in the result, as of the same
 * moment; or NULL.
 * Return 0, or -1 with the connection's error. An error of SQLSTATE class 42 is about ${errors},
 * the only table that is read.
 */
int pg_table_state_read(struct pg_conn *conn, const struct pg_table *table,
    enum pg_table_state_what what, const struct pg_side_table *side,
    const struct pg_side_table *errors, const char *more, struct pg_table_state *guard);

#endif
