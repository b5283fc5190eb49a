#ifndef PG_LOAD_ATTEMPT_H
#define PG_LOAD_ATTEMPT_H

#include "attempt_end.h"
#include "base/failure.h"
#include "loader.h"
#include "row_batch.h"

/* Load the whole batch in one transaction, on an open connection. */
enum attempt attempt_batch(struct loader *loader, struct row_batch *batch, struct failure *failure);

#endif
