#ifndef PG_LOAD_ERROR_ROWS_H
#define PG_LOAD_ERROR_ROWS_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * What a batch's transaction has to do with the error table, once the verdicts are set: store the
 * records that are to be quarantined, and mark resolved what waits under the keys of the rows that
 * passed. loader->stored: whether something was stored.
 */
enum attempt error_rows_write(struct loader *loader, struct row_batch *batch,
    struct failure *failure);

#endif
