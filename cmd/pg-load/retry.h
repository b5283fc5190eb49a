#ifndef PG_LOAD_RETRY_H
#define PG_LOAD_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/backoff.h"
#include "base/meter.h"
#include "pg/conn.h"

/*
 * Time to get over a fault, from its first appearance on: for a server that does not answer, from
 * when it was first asked.
 */
struct retry {
    struct backoff backoff;
    uint64_t limit_ms;
    uint64_t grace_ms;   /* what a stop request leaves of it */
    uint64_t asked;      /* when a connection was asked for that is not there; 0: none was */
    uint64_t deadline;   /* 0: no fault under way */
    bool stopping;       /* a stop request has been heeded */
    bool by_default;     /* no option says where the database is: a hint may help */
    struct meter *meter; /* to be turned meanwhile, by the main thread; NULL: none */
};

void retry_init(struct retry *retry, uint64_t limit_ms, uint64_t grace_ms);
/*
 * Open the connection within the time that is left, or three seconds: less would take a busy server
 * for one that is not there. A connection that verifies nobody is warned of, once in a process. 0,
 * or -1 with pg_conn_error().
 */
int retry_connect(struct retry *retry, struct pg_conn *conn);
/* Pause before the next try, saying why once; false: the time is over. */
bool retry_wait(struct retry *retry, const struct pg_error *error);

#endif
