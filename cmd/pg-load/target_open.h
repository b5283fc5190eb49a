#ifndef PG_LOAD_TARGET_OPEN_H
#define PG_LOAD_TARGET_OPEN_H

#include "base/failure.h"
#include "base/meter.h"
#include "options.h"
#include "target.h"

/*
 * target_open(target, options, meter, failure):
 * Connect, find the table, and find or create the ledger and the error table. ${meter} (NULL: none)
 * is updated while a fault is waited out. The caller must close ${target} in any case. Return 0, or
 * -1 with ${failure}.
 */
int target_open(struct target *target, const struct load_options *options, struct meter *meter,
    struct failure *failure);

#endif
