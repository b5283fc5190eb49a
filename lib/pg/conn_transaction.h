#ifndef PG_CONN_TRANSACTION_H
#define PG_CONN_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "pg/fault.h"

/* What only files of this folder use of a connection, beyond pg/conn.h. */

struct pg_conn;

enum pg_conn_state {
    PG_CONN_IDLE,           /* outside a transaction */
    PG_CONN_IN_TRANSACTION, /* failed or not, and ready for a statement */
    PG_CONN_UNUSABLE        /* closed, lost, or inside a statement */
};
enum pg_conn_state pg_conn_state(const struct pg_conn *conn);

/* Set the error to a fault with the text ${text}. Return -1. */
int pg_conn_fail(struct pg_conn *conn, const char *text);
void pg_conn_set_error(struct pg_conn *conn, const struct pg_error *error);

/* Return how often it was opened: another number means another session. */
unsigned pg_conn_opened(const struct pg_conn *conn);
int pg_conn_version(const struct pg_conn *conn); /* such as 150004; 0: not connected */

/*
 * Send COMMIT, which nothing cancels, and wait for the answer. Return the command tag, valid until
 * the next call; or NULL, with pg_conn_error(). ${standby_notice}: meanwhile the server reported
 * that its wait for a standby was cancelled. ${notices}: the number of other notices.
 */
const char *pg_conn_commit(struct pg_conn *conn, uint64_t *notices, bool *standby_notice);

#endif
