#ifndef PG_LOAD_EVIDENCE_H
#define PG_LOAD_EVIDENCE_H

#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"
#include "tally.h"

/*
 * Whether what a batch refuses is the records' doing. Where others pass it is. Records that fail
 * while none passes may mean that it is the table, the map, a right that lacks.
 */

enum evidence {
    EVIDENCE_RECORDS, /* against some records, or none: go on */
    EVIDENCE_SETUP,   /* against table, map or rights: end the run, with evidence_failure() */
    EVIDENCE_ERROR    /* the connection's error */
};

/* In the transaction, when every row has passed or is refused. ${found}: the refused that the
 * error table does not know yet; those of one message, delivered again, count as one. */
enum evidence evidence_weigh(struct loader *loader, struct row_batch *batch,
    struct suspects *found);

/* The run's end: what the last of them was refused for. */
void evidence_failure(const struct row_batch *batch, const struct suspects *found,
    struct failure *failure);

#endif
