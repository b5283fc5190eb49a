#ifndef PG_LOAD_COMMIT_H
#define PG_LOAD_COMMIT_H

#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * commit_batch(loader, batch, failure):
 * Bring the sealed batch into the database, however many attempts it takes: rolled-back ones are
 * repeated in another way, faults are waited out with reconnecting, and a lost answer to COMMIT is
 * resolved, by the ledger or by asking for the transaction's end. 0 when it is committed and each
 * item has its verdict; -1 with ${failure}: then no record of it may be acknowledged.
 */
int commit_batch(struct loader *loader, struct row_batch *batch, struct failure *failure);

#endif
