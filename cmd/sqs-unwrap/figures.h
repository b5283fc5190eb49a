#ifndef SQS_UNWRAP_FIGURES_H
#define SQS_UNWRAP_FIGURES_H

#include <stdint.h>

#include "base/meter.h"
#include "unwrap.h"

/* What a run tells of itself (base/meter.h). */
struct figures {
    const struct unwrap_counts *counts;
    uint64_t went_through;    /* records, when the figures were last read */
    uint64_t last_success_ms; /* since 1970: when a record went through, or a run ended well */
};

/*
 * As meter_open(), with the counts of each kind; ${figures}, the owner's, stays as long as the
 * meter. The file is kept by a process of its own.
 */
int figures_open(struct figures *figures, const struct meter_options *options,
    struct meter **meter);

#endif
