#ifndef PG_LOAD_ATTEMPT_H
#define PG_LOAD_ATTEMPT_H

#include "failure.h"
#include "loader.h"
#include "row_batch.h"

enum attempt {
    ATTEMPT_DONE,  /* committed; each item has its verdict */
    ATTEMPT_AGAIN, /* rolled back, to be done in another way */
    ATTEMPT_STALE, /* rolled back: the target's columns are not those the batch was made for */
    ATTEMPT_FAULT, /* rolled back, by a fault: pg_conn_error() */
    ATTEMPT_DOUBT, /* the answer to COMMIT was lost, or its wait for a standby broken off; the
                      verdicts stand if it is there */
    ATTEMPT_FAILED /* rolled back, for good: ${failure} */
};

/* One transaction for the whole batch, on an open connection. */
enum attempt attempt_batch(struct loader *loader, struct row_batch *batch, struct failure *failure);

#endif
