#ifndef SQS_PULL_PULL_H
#define SQS_PULL_PULL_H

#include "options.h"
#include "result.h"
#include "sqs/connect.h"

/* Requests at once, at most, that pull_run() wants of the client. */
unsigned pull_requests(const struct pull_options *options);

/*
 * pull_run(connection, options, result):
 * Receive messages and print them on standard output, until the queue is drained, the number is
 * reached, stop is requested (base/stop.h), the output fails or the queue does for good; then close
 * it. With leases, messages are kept hidden until their verdict comes back, which is waited for.
 * What was received and could not be printed, or got no verdict, is released before it returns.
 */
void pull_run(const struct connection *connection, const struct pull_options *options,
    struct pull_result *result);

#endif
