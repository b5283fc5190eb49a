#ifndef PG_LOAD_COMMIT_H
#define PG_LOAD_COMMIT_H

#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * commit_batch(loader, batch, failure):
 * Load the sealed batch, in as many attempts as that takes. Attempts that were rolled back are
 * repeated in another way; faults are waited out, then the connection is made again. For a lost
 * answer to COMMIT, the ledger or the server tells how the transaction ended. Return 0 when the
 * batch is committed and each item has its verdict, or -1 with ${failure}. After -1 no record of
 * the batch may be acknowledged.
 */
int commit_batch(struct loader *loader, struct row_batch *batch, struct failure *failure);

#endif
