#ifndef PG_FINGERPRINT_H
#define PG_FINGERPRINT_H

#include <stdbool.h>

#include "base/buf.h"
#include "pg/side_table.h"
#include "pg/table.h"

/*
 * The fingerprint of tables: a number over all that the checks of side_table.h and table_state.h
 * read about them. While it is the same, a check that passed would pass again. The server plans and
 * runs it in a third of the time of those checks, most of the work of a small batch.
 *
 * There is none (NULL) when the checks read more than the tables' own entries. That is so for a
 * partitioned target, and for a ledger or error table with triggers, rules or tables below it. It
 * is also so when one of them belongs neither to the loader nor to the target's owner.
 */
struct pg_fingerprint_of {
    const struct pg_table *target;
    bool with_target;                   /* false: only its owner counts */
    const struct pg_side_table *ledger; /* or NULL */
    const struct pg_side_table *errors; /* or NULL */
};

/* Append it as an SQL expression, all names qualified. An error shows in buf_cstr(). */
void pg_fingerprint_sql(const struct pg_fingerprint_of *tables, struct buf *sql);

/*
 * pg_fingerprint_lock_sql(tables, expected, sql):
 * Append statements that lock the two tables beside the target as pg_side_table_lock_checked_sql()
 * does. Then they fail, with an error for which pg_side_table_check_raised() is true, unless the
 * fingerprint is ${expected}, a number as text. An error shows in buf_cstr().
 */
void pg_fingerprint_lock_sql(const struct pg_fingerprint_of *tables, const char *expected,
    struct buf *sql);

#endif
