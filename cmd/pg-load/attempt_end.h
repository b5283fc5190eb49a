#ifndef PG_LOAD_ATTEMPT_END_H
#define PG_LOAD_ATTEMPT_END_H

#include "base/failure.h"
#include "loader.h"
#include "pg/side_table.h"
#include "table_check.h"

/* How an attempt to load a batch ends. Each function below rolls it back, and returns the result.
 * ${doing} begins the message: "cannot commit". */
enum attempt {
    ATTEMPT_DONE,  /* committed, each item has its verdict; of a step: the next one may run */
    ATTEMPT_AGAIN, /* rolled back; repeat it in another way */
    ATTEMPT_STALE, /* rolled back: the columns of the target have changed */
    ATTEMPT_FAULT, /* rolled back after a fault: pg_conn_error() */
    ATTEMPT_DOUBT, /* the answer to COMMIT was lost, or its wait for a standby was cut off; the
                      verdicts hold if it has committed */
    ATTEMPT_FAILED /* rolled back, no retry: ${failure} */
};

/* End the attempt with ${error}, an error not tied to a single row. It came while ${doing} in the
 * table ${side} (NULL: the target). */
enum attempt attempt_end_error(struct loader *loader, struct pg_error error,
    const struct pg_side_table *side, const char *doing, struct failure *failure);

/* End the attempt with pg_conn_error(): attempt_end_side() for the table ${side},
 * attempt_end_failed() for the target. */
enum attempt attempt_end_side(struct loader *loader, const struct pg_side_table *side,
    const char *doing, struct failure *failure);
enum attempt attempt_end_failed(struct loader *loader, const char *doing, struct failure *failure);

/* End the attempt with the result of a table check that does not hold. */
enum attempt attempt_end_check(struct loader *loader, enum table_check check,
    struct failure *failure);

/* End the attempt for good, with the ${failure} that is set already. */
enum attempt attempt_end_refused(struct loader *loader);

/* End the attempt so that it is repeated in the way that the loader has noted. */
enum attempt attempt_end_again(struct loader *loader);

#endif
