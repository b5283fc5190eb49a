#ifndef SQS_LAMBDA_SERVE_H
#define SQS_LAMBDA_SERVE_H

#include "base/failure.h"
#include "options.h"

/* One invocation after the other, until a stop is requested: STATUS_OK; or another status with
 * ${failure}. */
enum status serve_run(const struct lambda_options *options, struct failure *failure);

#endif
