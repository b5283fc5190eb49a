#ifndef SQS_ACK_RESULT_H
#define SQS_ACK_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "sqs/batch_loop.h"

/* Result and counts of a run. */
struct ack_result {
    struct batch_loop_result loop;
    int metrics_error; /* errno, or 0: the metrics file cannot be created; nothing was read */
    bool no_memory;
    uint64_t done;        /* messages deleted, or released */
    uint64_t lost;        /* their handles were stale */
    uint64_t failed;      /* failed for good */
    uint64_t repeated;    /* verdicts on a message already being acknowledged */
    uint64_t rejected;    /* verdicts "rejected" */
    uint64_t refused;     /* refused lines */
    uint64_t unaddressed; /* verdicts without a receipt handle */
    uint64_t incomplete;  /* deliveries with missing verdicts */
};

#endif
