#ifndef PG_ERROR_NAMES_H
#define PG_ERROR_NAMES_H

#include "pg/conn.h"

/*
 * The names in an error report: of a table, a column, a constraint. The server reports names that
 * it knows; a trigger may report anything (RAISE … USING COLUMN = NEW.email). So a name is kept
 * only when the catalogue has it.
 */
enum { PG_ERROR_NAMES_MAX = 32 };

/* Names already found. Zeroed at first; belongs to the thread of one connection. */
struct pg_error_names {
    char columns[PG_ERROR_NAMES_MAX][PG_NAME_SIZE];
    char constraints[PG_ERROR_NAMES_MAX][PG_NAME_SIZE];
    size_t column_count;
    size_t constraint_count;
};

/* Return true when ${error} names no column and no constraint, or only those found before: no query
 * is needed. Its table is not looked at. */
bool pg_error_names_already(const struct pg_error_names *known, const struct pg_error *error);

/*
 * pg_error_names_check(known, conn, target, error):
 * Empty those names of ${error}, a copy, that the catalogue does not have. A name is a table, a
 * constraint or index, or a column of ${target} (qualified) or of the table that the error names.
 * Call it in a transaction that is not aborted, or outside. Return 0, or -1 with the connection's
 * error and all names emptied.
 */
int pg_error_names_check(struct pg_error_names *known, struct pg_conn *conn, const char *target,
    struct pg_error *error);

/* Empty all names. */
void pg_error_names_forget(struct pg_error *error);

#endif
