#ifndef SQS_ACK_OPTIONS_H
#define SQS_ACK_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/meter.h"
#include "sqs/batch_options.h"

/* The command line, parsed. */
struct ack_options {
    bool release;  /* make visible instead of deleting */
    bool print;    /* write each verdict with its outcome */
    unsigned need; /* verdicts needed on each record */
    uint64_t linger_ms;
    struct meter_options meter;
    struct batch_options batch;
};

/* Return OPT_RUN, or the exit status (base/opt.h). */
int options_parse(struct ack_options *options, int argc, char **argv);

#endif
