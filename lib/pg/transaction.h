#ifndef PG_TRANSACTION_H
#define PG_TRANSACTION_H

#include "pg/conn.h"

/* Transactions on an open connection (pg/conn.h), one at a time. */

/*
 * pg_transaction_begin(conn, then):
 * BEGIN at READ COMMITTED with what the session may have set otherwise put right for this
 * transaction: UTF8, lock, statement and idle timeouts, keepalives on the server's side,
 * synchronous_commit not below on, no notice below a warning; and in the same round trip the
 * statements ${then} ("" for none). 0, or -1 with pg_conn_error().
 */
int pg_transaction_begin(struct pg_conn *conn, const char *then);
void pg_transaction_rollback(struct pg_conn *conn); /* an unusable connection is closed */

/*
 * pg_transaction_ready(conn, standby):
 * The last statements before COMMIT: what is deferred to it is done now, so that constraints and
 * triggers fail here, and have had their say; what the transaction may have set otherwise
 * meanwhile is put right again. ${standby}: whether COMMIT is to wait for a standby. 0, or -1 with
 * pg_conn_error().
 */
int pg_transaction_ready(struct pg_conn *conn, bool *standby);

enum pg_try {
    PG_TRY_DONE,
    PG_TRY_REFUSED, /* for want of a right (42501) or of such a function (42883): undone, the
                       transaction goes on */
    PG_TRY_FAILED   /* pg_conn_error() */
};

/*
 * pg_transaction_try(conn, sql):
 * Run statements under a savepoint. The rows are those of the last one.
 */
enum pg_try pg_transaction_try(struct pg_conn *conn, const char *sql);

enum pg_commit {
    PG_COMMITTED,     /* the server answered COMMIT with COMMIT */
    PG_NOT_COMMITTED, /* it said that it did not; pg_conn_error() */
    PG_IN_DOUBT       /* the connection was lost before the answer, or the server broke off its wait
                         for a standby: what is committed there may not be here tomorrow */
};

/* ${notices}: how many the server gave during COMMIT, but for those of such a wait; NULL is fine.
 */
enum pg_commit pg_transaction_commit(struct pg_conn *conn, uint64_t *notices);

#endif
