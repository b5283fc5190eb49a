#ifndef SQS_ACK_ACK_H
#define SQS_ACK_ACK_H

#include "options.h"
#include "result.h"
#include "sqs/connect.h"

/*
 * ack_run(connection, options, result):
 * Read verdicts from standard input and delete or release their messages; with --print, print each
 * settled verdict on standard output, and leave it open. No request goes to the URL in a line: it
 * only shows whether the line is of this queue; others are refused.
 */
void ack_run(const struct connection *connection, const struct ack_options *options,
    struct ack_result *result);

#endif
