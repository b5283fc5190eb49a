#ifndef SQS_ACK_FIGURES_H
#define SQS_ACK_FIGURES_H

#include <stdint.h>

#include "base/histogram.h"
#include "base/meter.h"
#include "result.h"
#include "sqs/sqs.h"
#include "unacknowledged.h"

/* What a run tells of itself (base/meter.h). */
struct figures {
    const struct ack_result *result;
    const struct unacknowledged *unacknowledged;
    struct sqs *sqs;
    uint64_t
        last_success_ms; /* since 1970: when a message was last deleted or released; 0: never */
    struct histogram delays;
};

/* A message that was sent at ${sent_ms} (since 1970; 0: not known) has just been deleted, or
 * released. */
void figures_done(struct figures *figures, uint64_t sent_ms);

/* As meter_open(); ${figures}, the owner's, stays as long as the meter. */
int figures_open(struct figures *figures, const struct meter_options *options, const char *queue,
    struct meter **meter);

#endif
