#ifndef PG_LOAD_EVIDENCE_H
#define PG_LOAD_EVIDENCE_H

#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"
#include "tally.h"

/*
 * Decide whether the records or the set-up cause the refusals of a batch. The records do when
 * others pass. Records that fail while none passes may mean that the table, the map or a right is
 * wrong.
 */

enum evidence {
    EVIDENCE_RECORDS, /* against some records, or none: go on */
    EVIDENCE_SETUP,   /* against table, map or rights: end with evidence_failure() */
    EVIDENCE_ERROR    /* the connection's error */
};

/* Weigh the evidence, in the transaction, when every row has passed or is refused. ${found}: the
 * refused records that the error table does not have yet; those of one message count as one. */
enum evidence evidence_evaluate(struct loader *loader, struct row_batch *batch,
    struct suspects *found);

/* Set ${failure} for the end of the run: the cause of the first refusal. */
void evidence_failure(const struct row_batch *batch, const struct suspects *found,
    struct failure *failure);

#endif
