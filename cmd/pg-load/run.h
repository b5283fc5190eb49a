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

/* What is done with input: the batch that is filled, and those on their way. */
struct run {
    const struct load_options *options;
    struct target target;
    struct column_plan plan;
    struct plan_ahead *ahead; /* NULL: there is none, or it is used */
    struct row_reader rows;
    struct catalogue catalogue;
    struct unknown unknown; /* of the batches that are done */
    struct tally tally;
    struct pool *pool;
    struct reporter reporter;
    struct line_reader *lines;
    struct row_batch *batches; /* as many as pool_batches() says */
    size_t batch_count;
    struct row_batch **free; /* a stack of those that nobody has */
    size_t free_count;
    struct row_batch *current;    /* NULL: all are on their way */
    struct row_batch **committed; /* in this order their verdicts are printed */
    size_t committed_count;
    uint64_t closes_at; /* when its linger is over */
    struct split *split;
    struct lookahead lookahead;
    uint64_t reading_until; /* 0: no stop request yet */
    uint64_t leaving_at;    /* 0: no shutdown yet; then whatever is at work is left to itself */
    struct figures figures;
    struct meter *meter;        /* NULL: none is wanted */
    uint64_t sealed;            /* error records of pii-mask, in a row until now */
    bool populated;             /* with memory for a long run, */
    struct populate populating; /* which is on its way */
    bool ended;                 /* no more input */
    struct failure ending;      /* what the input failed of */
};

/* Open everything a run needs, in ${run}, whose options and tally are set. 0, or -1 with
 * ${failure}: what is open by then is to be closed. */
int run_open(struct run *run, struct failure *failure);

/* Free it and what it holds, once no connection of its pool is at work. */
void run_close(struct run *run);

#endif
