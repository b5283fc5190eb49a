#ifndef PG_LOAD_DOUBT_H
#define PG_LOAD_DOUBT_H

#include "loader.h"
#include "row_batch.h"

/*
 * Doubt: a COMMIT whose answer was lost, or whose wait for the standby was cut off. Here are the
 * precautions before COMMIT, and the way to find out how it ended. Where every record has its key
 * in the ledger, repeating the batch tells, and only doubt_ready() is needed. Otherwise a random
 * key of the batch in the ledger tells (pg/mark.h), or, without a ledger, the id of the
 * transaction (pg/xact_status.h).
 */

/* Prepare, at the beginning of the transaction, after the ledger keys. Return 0, or -1 with
 * pg_conn_error(). */
int doubt_begin(struct loader *loader, const struct row_batch *batch);

/*
 * Prepare, before COMMIT, as the last statement of the transaction. Deferred constraints fail here.
 * Return 0, or -1 with pg_conn_error().
 */
int doubt_ready(struct loader *loader, const struct row_batch *batch);

enum doubt_end {
    DOUBT_COMMITTED, /* on the standby too, if one is waited for: the verdicts hold */
    DOUBT_NEVER,     /* not committed, and it never will be */
    DOUBT_LATER,     /* not decided, or a fault: pg_conn_error(); ask again */
    DOUBT_UNKNOWN    /* it cannot be found out */
};

/* Find out how the last transaction of a batch with unkeyed items ended, on an open connection. */
enum doubt_end doubt_resolve(struct loader *loader);

#endif
