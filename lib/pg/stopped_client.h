#ifndef PG_STOPPED_CLIENT_H
#define PG_STOPPED_CLIENT_H

#include "pg/conn.h"
#include "pg/side_table.h"

/*
 * A loader that is stopped inside a transaction, by SIGSTOP or with its virtual machine, keeps its
 * ledger keys from every other loader. Its kernel still answers keepalives, and no timeout of the
 * server ends a session that waits for COPY data.
 */

/* The sessions that waited for their loader at the last look, as an SQL array; "": none. */
struct pg_stopped_client {
    char waiting[2048];
};

/*
 * pg_stopped_client_end(clients, conn, ledger):
 * End stopped sessions of this role and program in this database. Such a session holds ${ledger} in
 * a transaction, waits for its loader, and has received no byte of COPY data since the last look.
 * (Before version 14 the server does not count the bytes: there the COPY must be five minutes old.)
 * A working loader sends a batch only when it has all of it. The server rolls their transactions
 * back, and their loaders retry. Call it outside a transaction, after waiting ten seconds in vain
 * for a key. It leaves the connection's error unchanged. Return the number of ended sessions, or
 * -1: the server cannot tell.
 */
int pg_stopped_client_end(struct pg_stopped_client *clients, struct pg_conn *conn,
    const struct pg_side_table *ledger);

#endif
