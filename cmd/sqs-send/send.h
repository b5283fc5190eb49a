#ifndef SQS_SEND_SEND_H
#define SQS_SEND_SEND_H

#include "options.h"
#include "result.h"
#include "sqs/connect.h"

/* Begin the metrics file for the queue of that name, as meter_begin() does. */
int send_begin(const struct send_options *options, const char *queue);

/*
 * send_run(connection, options, result):
 * Send the records of standard input to the queue. A message is the body of a record (a string as
 * its text) with its attributes, or the whole line when it has no body. A FIFO queue, recognized by
 * its name, gets one batch after the other, which keeps the order. Print verdicts on standard
 * output and leave it open.
 */
void send_run(const struct connection *connection, const struct send_options *options,
    struct send_result *result);

#endif
