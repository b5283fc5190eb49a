#ifndef PG_LOAD_FIGURES_H
#define PG_LOAD_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/meter.h"
#include "report.h"
#include "row_batch.h"
#include "tally.h"

/* What a run tells of itself (base/meter.h). All of it is the main thread's, but the tally. */
struct figures {
    const struct counts *counts;
    struct tally *tally;
    const struct row_batch *batches;
    size_t batch_count;
    uint64_t read;            /* records */
    uint64_t last_success_ms; /* since 1970: when a batch was last committed; 0: never */
    bool dry_run;             /* then nothing is committed */
};

/* As meter_open(); ${figures}, the owner's, stays as long as the meter. */
int figures_open(struct figures *figures, const struct meter_options *options, const char *table,
    struct meter **meter);

#endif
