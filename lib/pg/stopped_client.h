#ifndef PG_STOPPED_CLIENT_H
#define PG_STOPPED_CLIENT_H

#include "pg/conn.h"
#include "pg/side_table.h"

/*
 * A loader that is stopped amid a transaction, by SIGSTOP or with its virtual machine's processor,
 * keeps its ledger keys from every other loader: its kernel still answers keepalives, and no
 * timeout of the server ends a session that waits for COPY data.
 */

/*
 * End the sessions of this role and program in this database that hold ${ledger} in a transaction
 * and have waited for their client for thirty seconds: a loader sends a batch only when it has all
 * of it. What they began is rolled back, and their loaders try it again. Outside a transaction; the
 * connection's error stays what it was. The number of sessions, or -1: the server cannot tell.
 */
int pg_stopped_client_end(struct pg_conn *conn, const struct pg_side_table *ledger);

#endif
