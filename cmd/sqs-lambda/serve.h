#ifndef SQS_LAMBDA_SERVE_H
#define SQS_LAMBDA_SERVE_H

#include "base/failure.h"
#include "options.h"

/* Serve invocations one after the other. Return STATUS_OK when a stop is requested, or another
 * status with ${failure}. */
enum status serve_run(const struct lambda_options *options, struct failure *failure);

#endif
