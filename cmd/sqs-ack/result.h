#ifndef SQS_ACK_RESULT_H
#define SQS_ACK_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "sqs/batch_loop.h"

/* What came of a run, counted while it goes on. */
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

#endif
