#ifndef PG_LOAD_FIGURES_H
#define PG_LOAD_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/meter.h"
#include "report.h"
#include "row_batch.h"
#include "tally.h"

/* The metrics of a run (base/meter.h). All but the tally belong to the main thread. */
struct figures {
    const struct counts *counts;
    struct tally *tally;
    const struct row_batch *batches;
    size_t batch_count;
    uint64_t read;            /* records */
    uint64_t last_success_ms; /* last commit that settled a record, since 1970; 0: never */
    bool dry_run;             /* nothing is committed */
};

/* Open the meter, as meter_open() does. The caller owns ${figures}, which outlive the meter. */
int figures_open(struct figures *figures, const struct meter_options *options, const char *table,
    struct meter **meter);

#endif
