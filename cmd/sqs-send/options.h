#ifndef SQS_SEND_OPTIONS_H
#define SQS_SEND_OPTIONS_H

#include <stdbool.h>

#include "base/meter.h"
#include "sqs/batch_options.h"

/* A FIFO queue wants a group for each message: one for all keeps the order of all. */
#define SEND_GROUP "sqs-send"

/* What the command line asks for. */
struct send_options {
    bool verdicts;        /* print one for each message sent */
    const char *group_id; /* of records that name none; NULL: SEND_GROUP on a FIFO queue */
    bool new_ids;         /* no record's own deduplication id */
    struct meter_options meter;
    struct batch_options batch;
};

/* OPT_RUN, or the status to exit with (base/opt.h). */
int options_parse(struct send_options *options, int argc, char **argv);

#endif
