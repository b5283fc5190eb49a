#ifndef PG_CONN_TRANSACTION_H
#define PG_CONN_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "pg/fault.h"

/* What files of this folder, and no others, take of a connection beyond pg/conn.h. */

struct pg_conn;

enum pg_conn_state {
    PG_CONN_IDLE,           /* outside a transaction */
    PG_CONN_IN_TRANSACTION, /* failed or not, and ready for a statement */
    PG_CONN_UNUSABLE        /* closed, lost, or in the midst of a statement */
};
enum pg_conn_state pg_conn_state(const struct pg_conn *conn);

/* Set the error to a fault with the words ${text}; return -1. */
int pg_conn_fail(struct pg_conn *conn, const char *text);
void pg_conn_set_error(struct pg_conn *conn, const struct pg_error *error);

/* How often it was opened: another number, another session of the server. */
unsigned pg_conn_opened(const struct pg_conn *conn);
int pg_conn_version(const struct pg_conn *conn); /* as 150004; 0: not connected */

/*
 * Send COMMIT, which nothing cancels, and wait for its answer: the command tag, valid until the
 * next call; or NULL, with pg_conn_error(). ${standby_notice}: the server said meanwhile that its
 * wait for a standby was broken off. ${notices}: how many others it gave.
 */
const char *pg_conn_commit(struct pg_conn *conn, uint64_t *notices, bool *standby_notice);

#endif
