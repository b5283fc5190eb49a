#ifndef PG_LOAD_LEDGER_KEYS_H
#define PG_LOAD_LEDGER_KEYS_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * Begin the transaction and write the keys of the batch, in key order. loader->fresh tells which of
 * them were not in the ledger.
 */
enum attempt ledger_keys_write(struct loader *loader, const struct row_batch *batch,
    struct failure *failure);

/*
 * ledger_keys_find_ids(loader, batch, wanted, found):
 * Set found[i] for each item with a message id that is a key of the ledger, as 0.1.0 wrote it.
 * Items for which ${wanted} is false are left out. Return 0, or -1 with the connection's error.
 */
int ledger_keys_find_ids(struct loader *loader, const struct row_batch *batch,
    bool wanted(const struct item *item), bool *found);

/* Delete from the ledger the keys of which no copy passed, and keep the contents of the copies that
 * passed. Return 0, or -1 with the connection's error. */
int ledger_keys_take_back(struct loader *loader, const struct row_batch *batch);

#endif
