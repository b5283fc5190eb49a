#ifndef SQS_PULL_RESULT_H
#define SQS_PULL_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/error.h"

/* Result and counts of a run. */
struct pull_result {
    struct aws_error error; /* AWS_OK when none */
    int output_error;       /* errno of standard output, or 0 */
    int metrics_error; /* errno, or 0: the metrics file cannot be created; nothing was received */
    bool fifo_ended;   /* no process was left to write verdicts, with messages still to print */
    bool no_memory;
    uint64_t received; /* messages, corrupt ones included */
    uint64_t printed;
    uint64_t released;   /* made visible again: not printed, or without a verdict at the end */
    uint64_t unreleased; /* left to their visibility timeout instead */
    uint64_t corrupt;
    uint64_t unreadable; /* unreadable answers to receives, with any messages in them */
    uint64_t held;       /* left on the queue behind a corrupt one of their FIFO group */
    /* With leases. */
    uint64_t acked;    /* messages that got a verdict */
    uint64_t extended; /* visibility timeout extensions */
    uint64_t lapsed;   /* leases that ended without a verdict or a release */
    uint64_t silent;   /* leases without a verdict at the end, though no stop was requested */
    uint64_t expired;  /* and those that ended after the longest time of a lease */
};

#endif
