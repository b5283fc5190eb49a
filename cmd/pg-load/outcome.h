#ifndef PG_LOAD_OUTCOME_H
#define PG_LOAD_OUTCOME_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/*
 * Decide what becomes of each record, once its rows are loaded or refused: its verdict, unless the
 * evidence is against the table and the map (evidence.h), or more are refused than may be.
 */
enum attempt outcome_decide(struct loader *loader, struct row_batch *batch,
    struct failure *failure);

#endif
