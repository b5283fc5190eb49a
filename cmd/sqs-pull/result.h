#ifndef SQS_PULL_RESULT_H
#define SQS_PULL_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/error.h"

/* What came of a run, counted while it goes on. */
struct pull_result {
    struct aws_error error; /* AWS_OK: none */
    int output_error;       /* errno of standard output, or 0 */
    int metrics_error;      /* errno, or 0: the file of --metrics-file cannot be made; nothing was
                               received */
    bool fifo_ended; /* nobody was left to say what became of messages, and more were to come */
    bool no_memory;
    uint64_t received; /* messages, corrupt ones included */
    uint64_t printed;
    uint64_t released; /* not printed, or without a verdict at the end; made visible again */
    uint64_t stranded; /* likewise, and left to their visibility timeout */
    uint64_t corrupt;
    uint64_t unreadable; /* answers to receives, with whatever messages were in them */
    uint64_t held; /* left on the queue because a corrupt one of their FIFO group is before them */
    /* With leases. */
    uint64_t acked;    /* messages that a verdict came back on */
    uint64_t extended; /* times that a visibility timeout was */
    uint64_t lapsed;   /* leases that ended without a verdict or a release */
    uint64_t silent;   /* leases without a verdict at the end, though no stop was requested */
};

#endif
