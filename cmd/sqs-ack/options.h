#ifndef SQS_ACK_OPTIONS_H
#define SQS_ACK_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/meter.h"
#include "sqs/batch_options.h"

/* What the command line asks for. */
struct ack_options {
    bool release;  /* make visible instead of deleting */
    bool print;    /* write each verdict with what became of it */
    unsigned need; /* verdicts on each record */
    uint64_t linger_ms;
    struct meter_options meter;
    struct batch_options batch;
};

/* OPT_RUN, or the status to exit with (base/opt.h). */
int options_parse(struct ack_options *options, int argc, char **argv);

#endif
