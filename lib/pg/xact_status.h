#ifndef PG_XACT_STATUS_H
#define PG_XACT_STATUS_H

#include <stdbool.h>

#include "pg/conn.h"

/*
 * What is noted of a transaction before its COMMIT, so that the server can be asked how it ended.
 * The id alone does not do: a server that crashed before the id came to its disk gives it to the
 * next transaction, and pg_xact_status() then speaks of that one. So the answer counts only from
 * the same cluster (system identifier) on the same timeline (of the WAL file's name), and if the id
 * cannot have been given away: WAL was flushed past all that the transaction had written, or the
 * server has not recovered from a crash since. It resets its statistics whenever it does
 * (PostgreSQL's manual, The Cumulative Statistics System); that time is asked of servers before 17,
 * to which an ordinary role cannot say that they shall flush.
 */
struct pg_xact_status {
    char xid[24];    /* "": nothing is known */
    char insert[24]; /* where the next WAL record would have gone */
    char system[24];
    char timeline[12];
    bool flushed;
    char reset[24];  /* when statistics were reset, as the bits of a timestamptz; "": not asked */
    unsigned opened; /* in which session of the server it was asked */
};

/*
 * pg_xact_status_note(conn, status):
 * In a transaction, after its last row: note what there is to note; on a server of 17 or later its
 * WAL is flushed. ${status} is a zeroed one or that of an earlier transaction. 0, nothing being
 * known where the role may not ask; -1 with pg_conn_error().
 */
int pg_xact_status_note(struct pg_conn *conn, struct pg_xact_status *status);

enum pg_end {
    PG_END_COMMITTED,
    PG_END_ABORTED,
    PG_END_IN_PROGRESS, /* so far: to be asked again */
    PG_END_UNKNOWN,     /* nobody will ever know */
    PG_END_FAILED       /* pg_conn_error() */
};

/* How the transaction noted in ${status} ended; outside a transaction. */
enum pg_end pg_xact_status_ask(struct pg_conn *conn, const struct pg_xact_status *status);

#endif
