#ifndef PII_MASK_JOB_H
#define PII_MASK_JOB_H

#include "options.h"

/*
 * Process each line from standard input to standard output: mask records, move them to the primary
 * key, or mask single values. Print a message on failure. Return the exit status.
 */
int job_run(const struct options *options);

#endif
