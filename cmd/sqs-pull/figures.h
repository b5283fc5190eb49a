#ifndef SQS_PULL_FIGURES_H
#define SQS_PULL_FIGURES_H

#include "base/meter.h"
#include "puller.h"

/* What a run tells of itself: as meter_open(); ${puller} stays as long as the meter. */
int figures_open(struct puller *puller, struct meter **meter);

#endif
