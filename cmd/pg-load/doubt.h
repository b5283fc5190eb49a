#ifndef PG_LOAD_DOUBT_H
#define PG_LOAD_DOUBT_H

#include "loader.h"
#include "row_batch.h"

/*
 * A COMMIT whose answer was lost, or that did not wait for its standby to the end: what is seen to
 * beforehand, and how it is told what became of it. Where every record has its key in the ledger,
 * repeating the batch tells, and needs doubt_ready() alone; otherwise a key of the batch's own in
 * the ledger (pg/mark.h) or, without one, the transaction's id (pg/xact_status.h).
 */

/* At the beginning of the transaction, behind the ledger's keys. 0, or -1 with pg_conn_error(). */
int doubt_begin(struct loader *loader, const struct row_batch *batch);

/*
 * Before COMMIT, as the last of the transaction's statements; what is deferred fails here. 0, or -1
 * with pg_conn_error().
 */
int doubt_ready(struct loader *loader, const struct row_batch *batch);

enum doubt_end {
    DOUBT_COMMITTED, /* and where a standby is waited for, there too: the verdicts stand */
    DOUBT_NEVER,     /* not committed, nor will it be */
    DOUBT_LATER,     /* not decided, or a fault: pg_conn_error(); ask again */
    DOUBT_UNKNOWN    /* nobody can tell */
};

/* How the last transaction of a batch with unkeyed items ended, on an open connection. */
enum doubt_end doubt_resolve(struct loader *loader);

#endif
