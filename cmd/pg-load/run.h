#ifndef PG_LOAD_RUN_H
#define PG_LOAD_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/line.h"
#include "base/meter.h"
#include "catalogue.h"
#include "column_plan.h"
#include "figures.h"
#include "lookahead.h"
#include "options.h"
#include "plan_ahead.h"
#include "pool.h"
#include "populate.h"
#include "report.h"
#include "row.h"
#include "row_batch.h"
#include "split.h"
#include "tally.h"
#include "target.h"
#include "unknown.h"

/* The state of a run. */
struct run {
    const struct load_options *options;
    struct target target;
    struct column_plan plan;
    struct plan_ahead *ahead; /* NULL: none, or used already */
    struct row_reader rows;
    struct catalogue catalogue;
    struct unknown unknown; /* of the finished batches */
    struct tally tally;
    struct pool *pool;
    struct reporter reporter;
    struct line_reader *lines;
    struct row_batch *batches; /* as many as pool_batches() says */
    size_t batch_count;
    struct row_batch **free; /* a stack of the unused ones */
    size_t free_count;
    struct row_batch *current;    /* NULL: all are submitted */
    struct row_batch **committed; /* in the order in which their verdicts are printed */
    size_t committed_count;
    uint64_t closes_ms; /* when the linger of the current batch ends */
    struct split *split;
    struct lookahead lookahead;
    uint64_t reading_until_ms; /* monotonic ms; 0: no stop request yet */
    uint64_t leaving_ms; /* monotonic: when to stop waiting for the connections; 0: no shutdown */
    struct figures figures;
    struct meter *meter;        /* NULL: none */
    uint64_t sealed;            /* error records of pii-mask in a row, so far */
    bool populated;             /* the memory of a long run is taken */
    struct populate populating; /* or being taken */
    bool ended;                 /* no more input */
    struct failure ending;      /* the failure of the input */
};

/* Open everything that a run needs, in ${run}, whose options and tally are set. Return 0, or -1
 * with ${failure}: the caller must then call run_close(). */
int run_open(struct run *run, struct failure *failure);

/* Free it and all it holds, once no connection of its pool is at work. */
void run_close(struct run *run);

#endif
