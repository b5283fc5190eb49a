#ifndef PG_LOAD_GUARD_H
#define PG_LOAD_GUARD_H

#include "batch.h"
#include "failure.h"
#include "loader.h"
#include "pg/guard.h"

/* Whether the tables still are what the verdicts of a batch take them for (pg/guard.h). */

/* Refuse a target that a crash, or a server of its own, would part from its ledger. 0, or -1 with
 * ${failure}. In a transaction. */
int guard_target(const struct target *target, const struct load_options *options,
    struct failure *failure);

enum guard {
    GUARD_HOLDS,
    GUARD_CHANGED, /* the target has other columns than those the batch was made for */
    GUARD_BROKEN,  /* ${failure} */
    GUARD_ERROR    /* the connection's */
};

/*
 * guard_batch(loader, batch, failure):
 * In the transaction that wrote the batch's keys and rows. Sets loader->waiting: whether the error
 * table holds rows that are not resolved.
 */
enum guard guard_batch(struct loader *loader, const struct batch *batch, struct failure *failure);

/* The same of the error table alone, in the transaction that wrote to it. */
enum guard guard_errors(struct loader *loader, const struct batch *batch, struct failure *failure);

/* After the COPY of the ledger's keys: whether it took all of them. */
enum guard guard_keys(const struct loader *loader, const struct batch *batch,
    struct failure *failure);

#endif
