#ifndef SQS_ACK_FIGURES_H
#define SQS_ACK_FIGURES_H

#include <stdint.h>

#include "base/histogram.h"
#include "base/meter.h"
#include "result.h"
#include "sqs/sqs.h"
#include "unacknowledged.h"

/* Metrics of a run (base/meter.h). */
struct figures {
    const struct ack_result *result;
    const struct unacknowledged *unacknowledged;
    struct sqs *sqs;
    uint64_t last_success_ms; /* since 1970: last delete or release; 0 for never */
    struct histogram delays;
};

/* Count a message that was just deleted or released; it was sent at ${sent_ms} (since 1970; 0 when
 * unknown). */
void figures_done(struct figures *figures, uint64_t sent_ms);

/* Begin the metrics file for the queue of that name, as meter_begin() does. */
int figures_begin(const struct meter_options *options, const char *queue);

/* Open the meter as meter_open() does; ${figures} must outlive it. */
int figures_open(struct figures *figures, const struct meter_options *options, const char *queue,
    struct meter **meter);

#endif
