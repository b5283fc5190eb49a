#ifndef PII_MASK_JOB_H
#define PII_MASK_JOB_H

#include "options.h"

/*
 * What is done with each line from standard input to output: one of masking records, moving them to
 * the primary key, and masking single values. Return the status to exit with, after its message.
 */
int job_run(const struct options *options);

#endif
