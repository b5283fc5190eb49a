#ifndef PG_ERROR_NAMES_H
#define PG_ERROR_NAMES_H

#include "pg/conn.h"

/*
 * The names in an error report: of a table, a column, a constraint. The server puts there what it
 * knows, a trigger whatever it likes (RAISE … USING COLUMN = NEW.email), so they are believed when
 * the catalogue has them and are left out otherwise.
 */
enum { PG_ERROR_NAMES_MAX = 32 };

/* The names already looked up and found. One is zeroed, and belongs to one connection's thread. */
struct pg_error_names {
    char columns[PG_ERROR_NAMES_MAX][PG_NAME_SIZE];
    char constraints[PG_ERROR_NAMES_MAX][PG_NAME_SIZE];
    size_t column_count;
    size_t constraint_count;
};

/* Whether ${error} names nothing, or only what was found before: then there is nothing to ask. */
bool pg_error_names_already(const struct pg_error_names *known, const struct pg_error *error);

/*
 * pg_error_names_check(known, conn, target, error):
 * Empty those names of ${error}, a copy, that the catalogue does not have: a column of ${target}
 * (qualified) or of the table that the error names, a constraint or an index, a table. In a
 * transaction that is not aborted, or in none. 0, or -1 with the connection's error and all of the
 * names emptied.
 */
int pg_error_names_check(struct pg_error_names *known, struct pg_conn *conn, const char *target,
    struct pg_error *error);

/* Empty them all. */
void pg_error_names_forget(struct pg_error *error);

#endif
