#ifndef PII_UNMASK_UNDO_H
#define PII_UNMASK_UNDO_H

#include "options.h"

/*
 * Restore records, single values or a mapping, from standard input to standard output. Print a
 * message on failure. Return the exit status.
 */
int undo_run(const struct options *options);

#endif
