#ifndef SQS_ACK_ACK_H
#define SQS_ACK_ACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/meter.h"
#include "sqs/batch_loop.h"
#include "sqs/connect.h"

struct ack_options {
    bool release;  /* make visible instead of deleting */
    bool print;    /* write each verdict with what became of it */
    unsigned need; /* verdicts on each record */
    struct meter_options meter;
    unsigned parallel; /* batches at once */
    uint64_t linger_ms;
    uint64_t retry_ms;
    uint64_t grace_ms;
    size_t max_record;
};

struct ack_result {
    struct batch_loop_result loop;
    int metrics_error; /* errno, or 0: the file of --metrics-file cannot be made; nothing was read
                        */
    bool no_memory;
    uint64_t done;        /* messages deleted, or released */
    uint64_t lost;        /* their handles were stale */
    uint64_t failed;      /* neither, for good */
    uint64_t repeated;    /* verdicts on a message that was being acknowledged already */
    uint64_t rejected;    /* verdicts that say so */
    uint64_t refused;     /* lines that are not acted on */
    uint64_t unaddressed; /* verdicts without a receipt handle */
    uint64_t incomplete;  /* deliveries on which not all verdicts came */
};

/*
 * ack_run(connection, options, result):
 * Read verdicts from standard input and delete their messages from the queue, or release them;
 * print on standard output, which is left open. No URL of a line is ever used: a line of another
 * queue is refused.
 */
void ack_run(const struct connection *connection, const struct ack_options *options,
    struct ack_result *result);

#endif
