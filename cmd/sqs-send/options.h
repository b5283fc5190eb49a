#ifndef SQS_SEND_OPTIONS_H
#define SQS_SEND_OPTIONS_H

#include <stdbool.h>

#include "base/meter.h"
#include "sqs/batch_options.h"

/* The default group on a FIFO queue, which needs one for each message. A single group keeps the
 * order of all messages. */
#define SEND_GROUP "sqs-send"

/* The command line, parsed. */
struct send_options {
    bool verdicts;        /* print one for each message sent */
    const char *group_id; /* of records without one; NULL: SEND_GROUP on a FIFO queue */
    bool new_ids;         /* ignore the deduplication ids of the records */
    struct meter_options meter;
    struct batch_options batch;
};

/* Return OPT_RUN, or the exit status (base/opt.h). */
int options_parse(struct send_options *options, int argc, char **argv);

#endif
