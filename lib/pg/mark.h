#ifndef PG_MARK_H
#define PG_MARK_H

#include "pg/conn.h"
#include "pg/key.h"
#include "pg/side_table.h"
#include "pg/transaction.h"

/*
 * A mark: a key made for one transaction. Its presence in the ledger tells how the transaction
 * ended, whatever happened to the server. And: how a transaction that only read waits for a
 * standby.
 */

/*
 * Make a UUID of version 7 (RFC 9562, section 5.7): the time, then 74 random bits. Return 0, or -1:
 * the system provides no random bytes.
 */
int pg_mark_make(struct pg_key *key);

/*
 * pg_mark_touch(conn, ledger):
 * Write WAL without effect in the current transaction, so that its COMMIT waits for a standby. That
 * is a logical message "sqs2pg". A role that may not send one inserts a key into ${ledger} (NULL:
 * none) and deletes it, which needs no right beyond a loader's. PG_TRY_REFUSED: neither is allowed.
 */
enum pg_try pg_mark_touch(struct pg_conn *conn, const struct pg_side_table *ledger);

#endif
