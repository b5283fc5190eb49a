#ifndef PG_LOAD_LEDGER_KEYS_H
#define PG_LOAD_LEDGER_KEYS_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * Begin the transaction and write the batch's keys, in their order: loader->fresh tells which of
 * them were not in the ledger.
 */
enum attempt ledger_keys_write(struct loader *loader, const struct row_batch *batch,
    struct failure *failure);

/*
 * ledger_keys_find_ids(loader, batch, wanted, found):
 * Set found[i] for each item of which ${wanted} is true and whose message's id is a key of the
 * ledger, as 0.1.0 wrote it. 0, or -1 with the connection's error.
 */
int ledger_keys_find_ids(struct loader *loader, const struct row_batch *batch,
    bool wanted(const struct item *item), bool *found);

/* Keys of which no copy passed leave the ledger again, and the contents are those of the copies
 * that passed. 0, or -1 with the connection's error. */
int ledger_keys_take_back(struct loader *loader, const struct row_batch *batch);

#endif
