#ifndef PG_PROBE_H
#define PG_PROBE_H

#include <stddef.h>

#include "pg/conn.h"

/*
 * Whether an error in a row is one of its values' doing: a server in trouble raises what some types
 * raise for a value.
 */

/* A row that failed alone. */
struct pg_probe {
    const char *table;        /* qualified and quoted */
    const char *const *names; /* of the columns that the row has values for */
    size_t count;
    const char *row; /* as it was sent: COPY's text format */
    size_t length;
    size_t first; /* an index in names, of the column to begin with; else SIZE_MAX */
};

/*
 * pg_probe_row(conn, probe, sqlstate):
 * Bind each value of the row, by itself, to a parameter of its column's type. 1: one of them raises
 * ${sqlstate} again; 0: none does, and the connection's error is what it was; -1 with the
 * connection's error. In a transaction that has not failed, which is left as it was.
 */
int pg_probe_row(struct pg_conn *conn, const struct pg_probe *probe, const char *sqlstate);

#endif
