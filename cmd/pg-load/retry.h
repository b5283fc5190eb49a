#ifndef PG_LOAD_RETRY_H
#define PG_LOAD_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/backoff.h"
#include "base/meter.h"
#include "pg/conn.h"

/*
 * How long a fault is retried, from its first appearance. For a server that does not answer, the
 * time starts with the first request for a connection.
 */
struct retry {
    struct backoff backoff;
    uint64_t limit_ms;
    uint64_t grace_ms;   /* its limit after a stop request */
    uint64_t asked;      /* monotonic ms: when a missing connection was first requested; 0: never */
    uint64_t deadline;   /* monotonic ms; 0: no fault */
    bool stopping;       /* a stop request has been heeded */
    bool by_default;     /* no option names the database: a hint may help */
    struct meter *meter; /* updated during a pause, by the main thread; or NULL */
};

void retry_init(struct retry *retry, uint64_t limit_ms, uint64_t grace_ms);
/*
 * Open the connection within the time left, but at least three seconds: a busy server may need
 * them. Warn once in a process of a connection that verifies nothing. Return 0, or -1 with
 * pg_conn_error().
 */
int retry_connect(struct retry *retry, struct pg_conn *conn);
/* Pause before the next try, and report the cause once. Return false when the time has passed. */
bool retry_wait(struct retry *retry, const struct pg_error *error);

#endif
