#ifndef SQS_PULL_PULL_H
#define SQS_PULL_PULL_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/connect.h"
#include "aws/error.h"

struct pull_options {
    unsigned parallel; /* receives at once */
    uint64_t number;   /* messages to print; 0: no limit */
    bool follow;
    unsigned wait_s;               /* long-poll time */
    unsigned empties;              /* empty receives that count as drained, without follow */
    unsigned visibility_timeout_s; /* sent with every receive */
    uint64_t idle_backoff_ms;      /* longest pause between empty receives */
    uint64_t retry_ms;
};

struct pull_result {
    struct aws_error error; /* AWS_OK: none */
    int output_error;       /* errno of standard output, or 0 */
    bool no_memory;
    uint64_t received; /* messages, corrupt ones included */
    uint64_t printed;
    uint64_t released; /* received, not printed, and made visible again */
    uint64_t stranded; /* received, not printed, and left to their visibility timeout */
    uint64_t corrupt;
};

/*
 * pull_run(connection, options, result):
 * Receive messages and print them on standard output, which is left open, until the queue is
 * drained, the number is reached, stop is requested (base/stop.h), the output fails or the queue
 * does for good. What was received and could not be printed is released before it returns.
 */
void pull_run(const struct connection *connection, const struct pull_options *options,
    struct pull_result *result);

#endif
