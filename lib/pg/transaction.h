#ifndef PG_TRANSACTION_H
#define PG_TRANSACTION_H

#include "pg/conn.h"

/* Transactions on an open connection (pg/conn.h), one at a time. */

/*
 * pg_transaction_begin(conn, then):
 * BEGIN at READ COMMITTED, with session settings corrected for this transaction. They are UTF8,
 * lock, statement and idle timeouts, keepalives on the server's side, synchronous_commit at least
 * on, and notices from warning up. The statements ${then} ("" for none) go in the same round trip.
 * Return 0, or -1 with pg_conn_error().
 */
int pg_transaction_begin(struct pg_conn *conn, const char *then);
void pg_transaction_rollback(struct pg_conn *conn); /* close an unusable connection */

/*
 * pg_transaction_ready(conn, standby):
 * The last statements before COMMIT. Run deferred constraints and triggers now, so that they fail
 * here. Correct settings that the transaction may have changed. ${standby}: whether COMMIT will
 * wait for a standby. Return 0, or -1 with pg_conn_error().
 */
int pg_transaction_ready(struct pg_conn *conn, bool *standby);

enum pg_try {
    PG_TRY_DONE,
    PG_TRY_REFUSED, /* no right (42501) or no such function (42883): undone, the transaction
                       continues */
    PG_TRY_FAILED   /* pg_conn_error() */
};

/*
 * pg_transaction_try(conn, sql):
 * Run statements under a savepoint. The rows are those of the last one.
 */
enum pg_try pg_transaction_try(struct pg_conn *conn, const char *sql);

enum pg_commit {
    PG_COMMITTED,     /* the server answered COMMIT with COMMIT */
    PG_NOT_COMMITTED, /* it answered that it did not commit; pg_conn_error() */
    PG_IN_DOUBT /* the connection was lost before the answer, or the server's wait for a standby was
                   cancelled: a failover may lose the commit */
};

/* ${notices}: number of notices during COMMIT, except those of such a wait; NULL is fine. */
enum pg_commit pg_transaction_commit(struct pg_conn *conn, uint64_t *notices);

#endif
