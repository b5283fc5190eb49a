#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/start.h"
#include "mapfile.h"
#include "plan_ahead.h"
#include "plan_build.h"
#include "run.h"
#include "shutdown.h"
#include "target_open.h"

static int open_batches(struct run *run, struct failure *failure)
{
    size_t count = pool_batches((size_t)run->options->jobs);
    run->batches = calloc(count, sizeof *run->batches);
    run->free = calloc(count, sizeof *run->free);
    run->committed = calloc(count, sizeof(struct row_batch *));
    if (run->batches == NULL || run->free == NULL || run->committed == NULL)
        return failure_no_memory(failure);
    for (; run->batch_count < count; run->batch_count++) {
        struct row_batch *batch = &run->batches[run->batch_count];
        row_batch_init(batch, &run->plan, &run->target.table);
        run->free[run->free_count++] = batch;
    }
    run->figures.batches = run->batches;
    run->figures.batch_count = run->batch_count;
    run->current = run->free[--run->free_count];
    return 0;
}

static int open_meter(struct run *run, struct failure *failure)
{
    const struct load_options *options = run->options;
    run->figures = (struct figures){ .counts = &run->reporter.counts,
        .tally = &run->tally,
        .dry_run = options->dry_run };
    if (figures_open(&run->figures, &options->meter, options->table, &run->meter) == 0)
        return 0;
    return failure_set(failure, STATUS_IO, "cannot write %s: %s", options->meter.metrics_file,
        meter_reason(errno));
}

int run_open(struct run *run, struct failure *failure)
{
    const struct load_options *options = run->options;
    run->ahead = plan_ahead_start(options);
    if (open_meter(run, failure) != 0 ||
        target_open(&run->target, options, run->meter, failure) != 0 ||
        plan_build(&run->plan, options, &run->target.table, plan_ahead_wait(run->ahead), failure) !=
            0 ||
        (run->target.rounded_keys && plan_build_round_key(&run->plan, failure) != 0))
        return -1;
    plan_ahead_free(run->ahead);
    run->ahead = NULL;
    mapfile_tell(&run->plan.map_name, options, true);
    if (row_reader_open(&run->rows, &run->plan) != 0)
        return failure_no_memory(failure);
    catalogue_open(&run->catalogue, &run->plan, &run->target.table, &run->rows);
    run->target.catalogue = &run->catalogue;
    if (options->upsert.count > 0 && !options->upsert.has_newer)
        msg_warn("without --newer the last batch wins, and the order of batches is not defined");
    if (open_batches(run, failure) != 0 ||
        report_open(&run->reporter, options, run->target.has_ledger, failure) != 0)
        return -1;
    start_reading();
    run->lines = line_open(STDIN_FILENO, options->max_record, shutdown_drain_ms(options->grace_ms));
    if (run->lines == NULL)
        return failure_set(failure, STATUS_IO, "standard input: %s", strerror(errno));
    run->split = split_new();
    if (run->split == NULL)
        return failure_no_memory(failure);
    run->rows.split = run->split;
    if (!column_plan_start_filters())
        msg_warn_always(
            "this kernel cannot confine the process of the jq filters; continuing unconfined");
    run->pool = pool_open(options, &run->target, &run->tally, (size_t)options->jobs, failure);
    return run->pool == NULL ? -1 : 0;
}

void run_close(struct run *run)
{
    plan_ahead_free(run->ahead);
    populate_wait(&run->populating);
    line_close(run->lines);
    catalogue_close(&run->catalogue, run->batches, run->batch_count);
    for (size_t i = 0; i < run->batch_count; i++)
        row_batch_free(&run->batches[i]);
    free(run->batches);
    free(run->free);
    free(run->committed);
    row_reader_close(&run->rows);
    split_free(run->split);
    column_plan_free(&run->plan);
    target_close(&run->target);
    tally_free(&run->tally);
    free(run);
}
