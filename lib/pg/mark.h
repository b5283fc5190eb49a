#ifndef PG_MARK_H
#define PG_MARK_H

#include "pg/conn.h"
#include "pg/key.h"
#include "pg/side_table.h"
#include "pg/transaction.h"

/*
 * A mark: a key made for one transaction, by which its end can be told from its ledger, whatever
 * became of the server meanwhile; and how a transaction that only read comes to wait for a standby.
 */

/*
 * A UUID of version 7 (RFC 9562, section 5.7): the time, then 74 random bits. 0, or -1: the system
 * has none to give.
 */
int pg_mark_make(struct pg_key *key);

/*
 * pg_mark_touch(conn, ledger):
 * Write WAL in the transaction begun, of no effect, so that its COMMIT waits for what it read as
 * for what it wrote: a logical message "sqs2pg", or, to one who may not, a key that comes to
 * ${ledger} (NULL: none) and goes again, which takes no right that a loader lacks.
 * PG_TRY_REFUSED: there is no way.
 */
enum pg_try pg_mark_touch(struct pg_conn *conn, const struct pg_side_table *ledger);

#endif
