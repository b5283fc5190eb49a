#ifndef PG_XACT_STATUS_H
#define PG_XACT_STATUS_H

#include <stdbool.h>

#include "pg/conn.h"

/*
 * What is noted of a transaction before its COMMIT, to ask the server later how it ended. The id
 * alone is not enough. A server that crashed before the id reached its disk gives it to another
 * transaction, and pg_xact_status() then reports on that one. So the answer counts only from the
 * same cluster (system identifier) on the same timeline (of the WAL file's name). And the id must
 * not have been given away: WAL was flushed past all that the transaction wrote, or the server has
 * not recovered from a crash since. A recovery resets the statistics (PostgreSQL manual, The
 * Cumulative Statistics System). The time of the reset serves on servers before 17, which an
 * ordinary role cannot make flush.
 */
struct pg_xact_status {
    char xid[24];    /* "": nothing is known */
    char insert[24]; /* where the next WAL record would have gone */
    char system[24];
    char timeline[12];
    bool flushed;
    char reset[24];  /* when statistics were reset, as the bits of a timestamptz; "": not read */
    unsigned opened; /* the session in which it was read */
};

/*
 * pg_xact_status_note(conn, status):
 * Note the state of the transaction, after its last row; a server of 17 or later flushes its WAL.
 * ${status} is zeroed or of an earlier transaction. Return 0, with nothing known where the role may
 * not ask; -1 with pg_conn_error().
 */
int pg_xact_status_note(struct pg_conn *conn, struct pg_xact_status *status);

enum pg_end {
    PG_END_COMMITTED,
    PG_END_ABORTED,
    PG_END_IN_PROGRESS, /* until now: ask again */
    PG_END_UNKNOWN,     /* it can never be known */
    PG_END_FAILED       /* pg_conn_error() */
};

/* Ask how the transaction in ${status} ended; outside a transaction. */
enum pg_end pg_xact_status_ask(struct pg_conn *conn, const struct pg_xact_status *status);

#endif
