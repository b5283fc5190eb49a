#ifndef PG_LOAD_PRUNE_H
#define PG_LOAD_PRUNE_H

#include <stdint.h>

#include "base/failure.h"
#include "options.h"

/*
 * Delete ledger keys older than ${age_ms}, and print the summary. Return 0, or -1 with ${failure}.
 */
int prune_ledger(const struct load_options *options, uint64_t age_ms, struct failure *failure);

#endif
