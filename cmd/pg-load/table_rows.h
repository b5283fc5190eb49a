#ifndef PG_LOAD_TABLE_ROWS_H
#define PG_LOAD_TABLE_ROWS_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * Load all rows that can be loaded, in the transaction that wrote the keys. Every row then has
 * passed, is a duplicate, or is refused. Of the copies of a key the first that passes is loaded.
 * Rows that lacked a row which the batch has loaded since are tried again.
 */
enum attempt table_rows_load(struct loader *loader, struct row_batch *batch,
    struct failure *failure);

#endif
