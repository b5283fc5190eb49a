#ifndef PG_LOAD_ATTEMPT_H
#define PG_LOAD_ATTEMPT_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/* One transaction for the whole batch, on an open connection. */
enum attempt attempt_batch(struct loader *loader, struct row_batch *batch, struct failure *failure);

#endif
