#ifndef SQS_ACK_ACK_H
#define SQS_ACK_ACK_H

#include "options.h"
#include "result.h"
#include "sqs/connect.h"

/*
 * ack_run(connection, options, result):
 * Read verdicts from standard input and delete their messages from the queue, or release them;
 * print on standard output, which is left open. No URL of a line is ever used: a line of another
 * queue is refused.
 */
void ack_run(const struct connection *connection, const struct ack_options *options,
    struct ack_result *result);

#endif
