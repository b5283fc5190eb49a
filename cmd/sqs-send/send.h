#ifndef SQS_SEND_SEND_H
#define SQS_SEND_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/connect.h"
#include "aws/feed.h"

struct send_options {
    bool verdicts;     /* print one for each message sent */
    unsigned parallel; /* batches at once */
    uint64_t retry_ms;
    uint64_t grace_ms;
    size_t max_record;
};

struct send_result {
    struct feed_result feed;
    bool no_memory;
    uint64_t sent;
    uint64_t rejected; /* lines that are no message, by us or by the queue */
    uint64_t failed;   /* messages that might be sent another time */
};

/*
 * send_run(connection, options, result):
 * Send the records of standard input to the queue: the body of each (a string as its text), or the
 * whole line if it has none. Verdicts go to standard output, which is left open.
 */
void send_run(const struct connection *connection, const struct send_options *options,
    struct send_result *result);

#endif
