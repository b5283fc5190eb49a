#ifndef PG_TRANSACTION_H
#define PG_TRANSACTION_H

#include "pg/conn.h"

/* Transactions on an open connection (pg/conn.h), one at a time. */

/*
 * pg_transaction_begin(conn, then):
 * BEGIN at READ COMMITTED with what the session may have set otherwise put right for this
 * transaction: UTF8, lock, statement and idle timeouts, keepalives on the server's side,
 * synchronous_commit not off; and in the same round trip the statements ${then} ("" for none). 0,
 * or -1 with pg_conn_error().
 */
int pg_transaction_begin(struct pg_conn *conn, const char *then);
void pg_transaction_rollback(struct pg_conn *conn); /* an unusable connection is closed */

enum pg_commit {
    PG_COMMITTED,     /* the server answered COMMIT with COMMIT */
    PG_NOT_COMMITTED, /* it said that it did not; pg_conn_error() */
    PG_IN_DOUBT       /* the connection was lost before the answer */
};
enum pg_commit pg_transaction_commit(struct pg_conn *conn);

#endif
