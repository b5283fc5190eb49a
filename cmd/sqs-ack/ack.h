#ifndef SQS_ACK_ACK_H
#define SQS_ACK_ACK_H

#include "options.h"
#include "result.h"
#include "sqs/connect.h"

/*
 * ack_run(connection, options, result):
 * Read verdicts from standard input and delete or release their messages; print on standard output
 * and leave it open. The URL in a line is never used: a line of another queue is refused.
 */
void ack_run(const struct connection *connection, const struct ack_options *options,
    struct ack_result *result);

#endif
