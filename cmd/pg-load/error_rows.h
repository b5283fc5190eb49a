#ifndef PG_LOAD_ERROR_ROWS_H
#define PG_LOAD_ERROR_ROWS_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * Write the error table in the transaction of a batch, once the verdicts are set. Store the
 * quarantined records, and mark as resolved the error rows under the keys of the passed rows.
 * loader->stored tells whether a record was stored.
 */
enum attempt error_rows_write(struct loader *loader, struct row_batch *batch,
    struct failure *failure);

#endif
