#ifndef PG_LOAD_UPSERT_LOAD_H
#define PG_LOAD_UPSERT_LOAD_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/* --upsert: load rows that update the row of a unique index, or are inserted (pg/upsert.h). */

/* In the transaction, lock the table against changes of its columns, and read what the statements
 * need.
 */
enum attempt upsert_load_begin(struct loader *loader, const struct row_batch *batch,
    struct failure *failure);

/*
 * upsert_load_rows(loader, batch, count):
 * Load the rows of the first ${count} items of loader->order. Each then has passed, with its
 * effect, or is refused, which happens only with loader->isolate. Return 0, or -1 with the
 * connection's error.
 */
int upsert_load_rows(struct loader *loader, struct row_batch *batch, size_t count);

#endif
