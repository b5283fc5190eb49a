#ifndef PG_LOAD_ATTEMPT_END_H
#define PG_LOAD_ATTEMPT_END_H

#include "base/failure.h"
#include "loader.h"
#include "pg/side_table.h"
#include "table_check.h"

/* How an attempt to bring a batch into the database ends. All calls below roll it back. */
enum attempt {
    ATTEMPT_DONE,  /* committed; each item has its verdict. Of a step: done, the next may come */
    ATTEMPT_AGAIN, /* rolled back, to be done in another way */
    ATTEMPT_STALE, /* rolled back: the target's columns are not those the batch was made for */
    ATTEMPT_FAULT, /* rolled back, by a fault: pg_conn_error() */
    ATTEMPT_DOUBT, /* the answer to COMMIT was lost, or its wait for a standby broken off; the
                      verdicts stand if it is there */
    ATTEMPT_FAILED /* rolled back, for good: ${failure} */
};

/* By ${error}, which is about no row in particular, met while ${doing} in the table ${side} (NULL:
 * the target). */
enum attempt attempt_end_error(struct loader *loader, struct pg_error error,
    const struct pg_side_table *side, const char *doing, struct failure *failure);

/* The same by the connection's error, in a table beside the target, or in the target. */
enum attempt attempt_end_side(struct loader *loader, const struct pg_side_table *side,
    const char *doing, struct failure *failure);
enum attempt attempt_end_failed(struct loader *loader, const char *doing, struct failure *failure);

/* By what the check of the tables found, where it does not hold. */
enum attempt attempt_end_check(struct loader *loader, enum table_check check,
    struct failure *failure);

/* For good, by ${failure}, which is set. */
enum attempt attempt_end_refused(struct loader *loader);

/* To be done in another way, which the loader has noted. */
enum attempt attempt_end_again(struct loader *loader);

#endif
