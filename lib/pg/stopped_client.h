#ifndef PG_STOPPED_CLIENT_H
#define PG_STOPPED_CLIENT_H

#include "pg/conn.h"
#include "pg/side_table.h"

/*
 * A loader that is stopped amid a transaction, by SIGSTOP or with its virtual machine, keeps its
 * ledger keys from every other loader: its kernel still answers keepalives, and no timeout of the
 * server ends a session that waits for COPY data.
 */

/* The sessions that waited for their loader at the last look, as an array of SQL; "": none. */
struct pg_stopped_client {
    char waiting[2048];
};

/*
 * pg_stopped_client_end(clients, conn, ledger):
 * End the sessions of this role and program in this database that hold ${ledger} in a transaction,
 * wait for their loader, and stand where they stood at the last look: not a byte of COPY data has
 * come since. (Before version 14 the server does not tell how many have:
 * there a COPY has to be five minutes old.) A loader sends a batch only when it has all of it. What
 * they began is rolled back, and their loaders try it again. To be called when a key was waited for
 * in vain for ten seconds; outside a transaction; the connection's error stays what it was. The
 * number of sessions ended, or -1: the server cannot tell.
 */
int pg_stopped_client_end(struct pg_stopped_client *clients, struct pg_conn *conn,
    const struct pg_side_table *ledger);

#endif
