#ifndef SQS_PULL_FIGURES_H
#define SQS_PULL_FIGURES_H

#include "base/meter.h"
#include "puller.h"

/* Open the meter of a run as meter_open() does; ${puller} must outlive it. */
int figures_open(struct puller *puller, struct meter **meter);

#endif
