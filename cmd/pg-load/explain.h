#ifndef PG_LOAD_EXPLAIN_H
#define PG_LOAD_EXPLAIN_H

#include "base/failure.h"
#include "options.h"

/* Print where each column takes its value; only the right to look is needed. Return 0, or -1 with
 * ${failure}. */
int explain_print(const struct load_options *options, struct failure *failure);

#endif
