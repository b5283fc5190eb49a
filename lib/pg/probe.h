#ifndef PG_PROBE_H
#define PG_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "pg/conn.h"

/*
 * Find out whether a value caused an error in a row: some types raise for a value what a server in
 * trouble raises.
 */

/* A row that failed alone. */
struct pg_probe {
    const char *table;        /* qualified and quoted */
    const char *const *names; /* of the columns that the row has values for */
    size_t count;
    const char *row; /* as sent: COPY's text format */
    size_t length;
    size_t first; /* index in names of the column to begin with, or SIZE_MAX */
};

/*
 * pg_probe_row(conn, probe, sqlstate, raises):
 * Bind each value of the row, alone, to a parameter of its column's type. Set ${raises} to whether
 * one of them raises ${sqlstate}. Return 0, with the connection's error unchanged, or -1 with the
 * connection's error. Call it in a transaction that has not failed; it leaves the transaction
 * unchanged.
 */
int pg_probe_row(struct pg_conn *conn, const struct pg_probe *probe, const char *sqlstate,
    bool *raises);

#endif
