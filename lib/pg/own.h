#ifndef PG_OWN_H
#define PG_OWN_H

#include "base/buf.h"
#include "pg/conn.h"
#include "pg/table.h"

/*
 * The two tables that a loader keeps beside its target: the ledger of committed keys and the table
 * of quarantined records. Their shapes stand written out in share/sql.
 */
enum pg_own_kind { PG_OWN_LEDGER, PG_OWN_ERRORS };

struct pg_own {
    enum pg_own_kind kind;
    char *schema;
    char *name;
    char *qualified; /* quoted where SQL needs it */
};

enum pg_own_result {
    PG_OWN_OK,
    PG_OWN_MISSING,
    PG_OWN_LONG,     /* the name made from the target's is past 63 bytes */
    PG_OWN_STRANGER, /* its owner, or that of a table that inherits from it, is neither the loader,
                        nor the target's, nor a superuser */
    PG_OWN_SHAPE,    /* lacks columns or a valid unique index on "key" alone, or has a column that
                        is to be filled by others */
    PG_OWN_MEDDLED,  /* triggers, rules or row security act on its rows */
    PG_OWN_VOLATILE, /* unlogged or temporary: would forget what was acknowledged */
    PG_OWN_FAILED    /* pg_conn_error() */
};

/*
 * pg_own_name(conn, target, kind, given, own):
 * Name the table: ${given} as in SQL, in the target's schema unless it names one; or, when NULL,
 * the target's name with "_ledger" or "_errors". Only ${own} is set, to be freed. In a transaction.
 */
enum pg_own_result pg_own_name(struct pg_conn *conn, const struct pg_table *target,
    enum pg_own_kind kind, const char *given, struct pg_own *own);
void pg_own_free(struct pg_own *own); /* of a zeroed one too */

/* The rights a loader needs on it, as GRANT names them; a constant. */
const char *pg_own_rights(const struct pg_own *own);

/* Whether the table is there, fit and trusted; ${owner} is its owner's name. In a transaction. */
enum pg_own_result pg_own_check(struct pg_conn *conn, const struct pg_table *target,
    const struct pg_own *own, char owner[PG_NAME_SIZE]);

/*
 * pg_own_lock_checked_sql(target, own, sql):
 * Append statements for a transaction to begin with before it writes to the table, or reads it:
 * they lock it, so that until its end nobody can put another in its place, change its owner, or
 * make a trigger or a rule on it; then fail with an error of which pg_own_check_raised() is true,
 * unless pg_own_check() would be PG_OWN_OK. What is checked once only may be another table by the
 * time it is written to, and whatever that one calls would run with the loader's rights. 0, or -1.
 */
int pg_own_lock_checked_sql(const struct pg_table *target, const struct pg_own *own,
    struct buf *sql);
bool pg_own_check_raised(const struct pg_error *error);

/* Append the statements that create it. 0, or -1. */
int pg_own_create_sql(const struct pg_own *own, struct buf *sql);

/* The statement that lets one loader at a time look and create, until its transaction ends. */
extern const char pg_own_lock_sql[];

#endif
