#ifndef PG_TABLE_STATE_H
#define PG_TABLE_STATE_H

#include <stdbool.h>

#include "pg/conn.h"
#include "pg/side_table.h"
#include "pg/table.h"

/*
 * What has to hold of the tables for a commit to mean what it says: looked at in a transaction that
 * has written to them, whose locks keep anybody from changing it until its end. (COPY and INSERT
 * hold ROW EXCLUSIVE, which SET UNLOGGED, dropping a constraint, making a trigger or a rule and
 * every change of a column conflict with; PostgreSQL manual, "Explicit Locking".) It takes no lock
 * itself, on partitions neither.
 */

/* Of the ledger, or of the error table. */
struct pg_side_state {
    bool forgets; /* it, or a partition of it, is unlogged, temporary or foreign */
    bool keyless; /* no valid unique index on "key" alone */
    bool meddled; /* a trigger, a rule or row security may keep rows out of it */
};

struct pg_table_state {
    char shape[PG_SHAPE_SIZE]; /* of the target's columns now; see pg_table.shape */
    bool foreign;              /* the target, or a partition of it at any depth, is foreign */
    bool forgets;              /* or unlogged or temporary */
    struct pg_side_state side; /* of the table asked for */
    bool waiting;              /* the error table holds rows that are not resolved */
};

/* What is looked at beside the shape: planning a statement for more takes the server longer than
 * running it. */
enum pg_table_state_what {
    PG_TABLE_STATE_SHAPE, /* nothing */
    PG_TABLE_STATE_TARGET /* whether the target is foreign, or forgets */
};

/*
 * pg_table_state_read(conn, table, what, side, errors, guard):
 * Look at the tables in one statement. ${side}: the one of the ledger and the error table that is
 * to be told of, with PG_TABLE_STATE_TARGET; or NULL. ${errors}: an error table that may have rows
 * that wait; or NULL. 0, or -1 with the connection's error; with SQLSTATE class 42 it is about
 * ${errors}, the only one that is read rather than looked up.
 */
int pg_table_state_read(struct pg_conn *conn, const struct pg_table *table,
    enum pg_table_state_what what, const struct pg_side_table *side,
    const struct pg_side_table *errors, struct pg_table_state *guard);

#endif
