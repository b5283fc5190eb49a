#ifndef PG_LOAD_TABLE_CHECK_H
#define PG_LOAD_TABLE_CHECK_H

#include "base/failure.h"
#include "loader.h"
#include "pg/table_state.h"
#include "row_batch.h"

/* Check that the tables still are as the verdicts of a batch need them (pg/table_state.h). */

/*
 * Refuse a target with row level security for this role, which COPY does not load; --upsert loads
 * it without COPY. Return 0, or -1 with ${failure}.
 */
int table_check_security(const struct target *target, const struct load_options *options,
    struct failure *failure);

/* Refuse a target that a crash, or a foreign server, would separate from its ledger. Call it in a
 * transaction. Return 0, or -1 with ${failure}. */
int table_check_target(const struct target *target, const struct load_options *options,
    struct failure *failure);

enum table_check {
    TABLE_CHECK_HOLDS,
    TABLE_CHECK_CHANGED, /* the target has other columns than the batch */
    TABLE_CHECK_BROKEN,  /* ${failure} */
    TABLE_CHECK_ERROR    /* the connection's error */
};

/*
 * table_check_batch(loader, batch, failure):
 * Check, in the transaction that wrote the keys and rows of the batch. After LOADER_RENEWALS
 * changes it holds in spite of other columns, with a warning. Set loader->waiting when the error
 * table holds rows that are not resolved.
 */
enum table_check table_check_batch(struct loader *loader, const struct row_batch *batch,
    struct failure *failure);

/* Check the error table alone, in the transaction that wrote to it. */
enum table_check table_check_errors(struct loader *loader, const struct row_batch *batch,
    struct failure *failure);

/* Check, after the COPY of the ledger keys, that the ledger took all of them. */
enum table_check table_check_keys(const struct loader *loader, const struct row_batch *batch,
    struct failure *failure);

#endif
