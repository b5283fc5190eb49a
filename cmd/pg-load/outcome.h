#ifndef PG_LOAD_OUTCOME_H
#define PG_LOAD_OUTCOME_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * Set the verdict of each record, once its rows are loaded or refused. End the run instead when the
 * evidence is against the table and the map (evidence.h), or when --max-rejects is passed.
 */
enum attempt outcome_decide(struct loader *loader, struct row_batch *batch,
    struct failure *failure);

#endif
