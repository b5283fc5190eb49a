#ifndef SQS_PULL_PULL_H
#define SQS_PULL_PULL_H

#include "options.h"
#include "result.h"
#include "sqs/connect.h"

/* Return the maximum of parallel requests that pull_run() needs of the client. */
unsigned pull_requests(const struct pull_options *options);

/*
 * pull_run(connection, options, result):
 * Receive messages and print them on standard output, then close it. The run ends when the queue is
 * drained, the number is reached, stop is requested (base/stop.h), the output fails, or the queue
 * fails for good. With leases, extend messages until their verdict arrives, and wait for it. Before
 * returning, release messages that were not printed or got no verdict.
 */
void pull_run(const struct connection *connection, const struct pull_options *options,
    struct pull_result *result);

#endif
