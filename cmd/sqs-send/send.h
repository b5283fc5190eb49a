#ifndef SQS_SEND_SEND_H
#define SQS_SEND_SEND_H

#include "options.h"
#include "result.h"
#include "sqs/connect.h"

/*
 * send_run(connection, options, result):
 * Send the records of standard input to the queue: the body of each (a string as its text), or the
 * whole line if it has none, with its attributes. To a FIFO queue, known by its name, one batch
 * after the other, so that the order stays. Verdicts go to standard output, which is left open.
 */
void send_run(const struct connection *connection, const struct send_options *options,
    struct send_result *result);

#endif
