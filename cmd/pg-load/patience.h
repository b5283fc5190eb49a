#ifndef PG_LOAD_PATIENCE_H
#define PG_LOAD_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/backoff.h"
#include "base/meter.h"
#include "pg/conn.h"

/* Time to get over a fault, from its first appearance on. */
struct patience {
    struct backoff backoff;
    uint64_t limit_ms;
    uint64_t grace_ms;   /* what a stop request leaves of it */
    uint64_t deadline;   /* 0: no fault under way */
    bool stopping;       /* a stop request has been heeded */
    struct meter *meter; /* to be turned meanwhile, by the main thread; NULL: none */
};

void patience_init(struct patience *patience, uint64_t limit_ms, uint64_t grace_ms);
void patience_reset(struct patience *patience); /* after a success */
/* Pause before the next try, saying why once; false: the time is over. */
bool patience_wait(struct patience *patience, const struct pg_error *error);

#endif
