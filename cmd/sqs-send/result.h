#ifndef SQS_SEND_RESULT_H
#define SQS_SEND_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "sqs/batch_loop.h"

/* Result and counts of a run. */
struct send_result {
    struct batch_loop_result loop;
    int metrics_error; /* errno, or 0: the metrics file cannot be created */
    bool no_memory;
    uint64_t sent;
    uint64_t rejected; /* lines rejected here or by the queue */
    uint64_t failed;   /* messages that may be sent later */
};

#endif
