#ifndef PII_UNMASK_UNDO_H
#define PII_UNMASK_UNDO_H

#include "options.h"

/*
 * Restore records, single values, or those of a mapping, from standard input to output. Return the
 * status to exit with, after its message.
 */
int undo_run(const struct options *options);

#endif
