#ifndef PG_SIDE_TABLE_H
#define PG_SIDE_TABLE_H

#include "base/buf.h"
#include "pg/conn.h"
#include "pg/table.h"

/*
 * The two tables that a loader keeps beside its target: the ledger of committed keys and the error
 * table. share/sql has their definitions.
 */
enum pg_side_table_kind { PG_SIDE_LEDGER, PG_SIDE_ERRORS };

struct pg_side_table {
    enum pg_side_table_kind kind;
    char *schema;
    char *name;
    char *qualified; /* quoted where SQL needs it */
};

enum pg_side_table_result {
    PG_SIDE_OK,
    PG_SIDE_MISSING,
    PG_SIDE_LONG,     /* the name made from the target's exceeds 63 bytes */
    PG_SIDE_OWNER,    /* its owner, or that of an inheriting table, is neither the loader, nor the
                            target's, nor a superuser */
    PG_SIDE_SHAPE,    /* lacks columns or a valid unique index on "key" alone, or has another column
                         that an INSERT must fill */
    PG_SIDE_ACTIVE,   /* triggers, rules or row security act on its rows */
    PG_SIDE_VOLATILE, /* unlogged, temporary, or with a foreign table below it: could lose
                         acknowledged rows */
    PG_SIDE_FAILED    /* pg_conn_error() */
};

/*
 * pg_side_table_name(conn, target, kind, given, side):
 * Name the table: ${given} as in SQL, in the target's schema unless it names one; or, when NULL,
 * the target's name with "_ledger" or "_errors". Sets ${side} only, for pg_side_table_free(). In a
 * transaction.
 */
enum pg_side_table_result pg_side_table_name(struct pg_conn *conn, const struct pg_table *target,
    enum pg_side_table_kind kind, const char *given, struct pg_side_table *side);
void pg_side_table_free(struct pg_side_table *side); /* accepts a zeroed one */

/* Return the rights that a loader needs on it, as GRANT names them; a constant. */
const char *pg_side_table_rights(const struct pg_side_table *side);

/*
 * Check that the table exists, has the right form and a trusted owner; ${owner} is the owner's
 * name. In a transaction.
 */
enum pg_side_table_result pg_side_table_check(struct pg_conn *conn, const struct pg_table *target,
    const struct pg_side_table *side, char owner[PG_NAME_SIZE]);

/*
 * pg_side_table_lock_checked_sql(target, side, sql):
 * Append statements that a transaction runs before it writes to the table or reads it. They lock
 * the table: until the end of the transaction nobody can replace it, change its owner, or make a
 * trigger or rule on it. Then they fail, with an error for which pg_side_table_check_raised() is
 * true, unless pg_side_table_check() would return PG_SIDE_OK. A single check is not enough: the
 * table may be replaced before the write, and code in the new table would run with the loader's
 * rights. Return 0, or -1.
 */
int pg_side_table_lock_checked_sql(const struct pg_table *target, const struct pg_side_table *side,
    struct buf *sql);
bool pg_side_table_check_raised(const struct pg_error *error);

/*
 * Append the statement that locks the table, as pg_side_table_lock_checked_sql() does, with its
 * semicolon. Return 0, or -1.
 */
int pg_side_table_row_exclusive_sql(const struct pg_side_table *side, struct buf *sql);

/*
 * Append the expression that is true while the error table has an unresolved row. Return 0, or -1.
 */
int pg_side_table_unresolved_sql(const struct pg_side_table *errors, struct buf *sql);

/* Append the statements that create it. Return 0, or -1. */
int pg_side_table_create_sql(const struct pg_side_table *side, struct buf *sql);

/* A statement that lets one loader at a time check and create, until its transaction ends. */
extern const char pg_side_table_lock_sql[];

#endif
