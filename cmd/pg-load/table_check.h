#ifndef PG_LOAD_TABLE_CHECK_H
#define PG_LOAD_TABLE_CHECK_H

#include "base/failure.h"
#include "loader.h"
#include "pg/table_state.h"
#include "row_batch.h"

/* Whether the tables still are what the verdicts of a batch take them for (pg/table_state.h). */

/* Refuse a target that a crash, or a server of its side, would part from its ledger. 0, or -1 with
 * ${failure}. In a transaction. */
int table_check_target(const struct target *target, const struct load_options *options,
    struct failure *failure);

enum table_check {
    TABLE_CHECK_HOLDS,
    TABLE_CHECK_CHANGED, /* the target has other columns than those the batch was made for */
    TABLE_CHECK_BROKEN,  /* ${failure} */
    TABLE_CHECK_ERROR    /* the connection's */
};

/*
 * table_check_batch(loader, batch, failure):
 * In the transaction that wrote the batch's keys and rows. Sets loader->waiting: whether the error
 * table holds rows that are not resolved.
 */
enum table_check table_check_batch(struct loader *loader, const struct row_batch *batch,
    struct failure *failure);

/* The same of the error table alone, in the transaction that wrote to it. */
enum table_check table_check_errors(struct loader *loader, const struct row_batch *batch,
    struct failure *failure);

/* After the COPY of the ledger's keys: whether it took all of them. */
enum table_check table_check_keys(const struct loader *loader, const struct row_batch *batch,
    struct failure *failure);

#endif
