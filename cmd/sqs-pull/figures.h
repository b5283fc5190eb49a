#ifndef SQS_PULL_FIGURES_H
#define SQS_PULL_FIGURES_H

#include "base/meter.h"
#include "puller.h"

/* Begin the metrics file for the queue of that name, as meter_begin() does. */
int figures_begin(const struct meter_options *options, const char *queue);

/* Open the meter of a run as meter_open() does; ${puller} must outlive it. */
int figures_open(struct puller *puller, struct meter **meter);

#endif
