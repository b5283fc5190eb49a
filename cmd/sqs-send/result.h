#ifndef SQS_SEND_RESULT_H
#define SQS_SEND_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "sqs/batch_loop.h"

/* What came of a run, counted while it goes on. */
struct send_result {
    struct batch_loop_result loop;
    int metrics_error; /* errno, or 0: the file of --metrics-file cannot be made */
    bool no_memory;
    uint64_t sent;
    uint64_t rejected; /* lines that are no message, by us or by the queue */
    uint64_t failed;   /* messages that might be sent another time */
};

#endif
