#ifndef SQS_SEND_SEND_H
#define SQS_SEND_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sqs/batch_loop.h"
#include "sqs/connect.h"

struct send_options {
    bool verdicts;        /* print one for each message sent */
    const char *group_id; /* of records that name none; NULL: SEND_GROUP on a FIFO queue */
    bool new_ids;         /* no record's own deduplication id */
    bool progress;
    unsigned parallel; /* batches at once */
    uint64_t retry_ms;
    uint64_t grace_ms;
    size_t max_record;
};

/* A FIFO queue wants a group for each message: one for all keeps the order of all. */
#define SEND_GROUP "sqs-send"

struct send_result {
    struct batch_loop_result loop;
    bool no_memory;
    uint64_t sent;
    uint64_t rejected; /* lines that are no message, by us or by the queue */
    uint64_t failed;   /* messages that might be sent another time */
};

/*
 * send_run(connection, options, result):
 * Send the records of standard input to the queue: the body of each (a string as its text), or the
 * whole line if it has none, with its attributes. To a FIFO queue, known by its name, one batch
 * after the other, so that the order stays. Verdicts go to standard output, which is left open.
 */
void send_run(const struct connection *connection, const struct send_options *options,
    struct send_result *result);

#endif
