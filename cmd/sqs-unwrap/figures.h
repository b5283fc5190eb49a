#ifndef SQS_UNWRAP_FIGURES_H
#define SQS_UNWRAP_FIGURES_H

#include <stdint.h>

#include "base/meter.h"
#include "unwrap.h"

/* Metrics of a run (base/meter.h). */
struct figures {
    const struct unwrap_counts *counts;
    uint64_t done_before;     /* records at the last read of the metrics */
    uint64_t last_success_ms; /* since 1970: last record written, or end of a good run */
};

/*
 * Open the meter as meter_open() does, with the counts of each kind; ${figures} must outlive it. A
 * separate process writes the file.
 */
int figures_open(struct figures *figures, const struct meter_options *options,
    struct meter **meter);

#endif
