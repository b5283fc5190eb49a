#ifndef PG_LOAD_PLAUSIBLE_H
#define PG_LOAD_PLAUSIBLE_H

#include "batch.h"
#include "failure.h"
#include "loader.h"
#include "tally.h"

/*
 * Whether what a batch refuses is the records' doing. Where others pass it is. Records that fail
 * while none passes may mean that it is the table, the map, a right that lacks.
 */

/*
 * plausible_check(loader, batch, found):
 * In the transaction, when every row has passed or is refused. 1: go on; 0: end the run, with
 * plausible_failure(); -1: the connection's error. ${found}: the refused that are new.
 */
int plausible_check(struct loader *loader, struct batch *batch, struct suspects *found);

/* The run's end: what the last of them was refused for. */
void plausible_failure(const struct batch *batch, const struct suspects *found,
    struct failure *failure);

#endif
