#ifndef PG_LOAD_TABLE_ROWS_H
#define PG_LOAD_TABLE_ROWS_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * Load everything that can be loaded, in the transaction that wrote the keys: every row has passed,
 * is a duplicate, or is refused. Of the copies of a key the first that passes is loaded; rows that
 * lacked what another row of the batch has since brought are tried again.
 */
enum attempt table_rows_load(struct loader *loader, struct row_batch *batch,
    struct failure *failure);

#endif
