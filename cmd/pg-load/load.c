#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/line.h"
#include "base/msg.h"
#include "base/out.h"
#include "base/stop.h"
#include "batch.h"
#include "catalogue.h"
#include "crew.h"
#include "figures.h"
#include "halt.h"
#include "hold.h"
#include "load.h"
#include "plan.h"
#include "row.h"
#include "settle.h"
#include "split.h"
#include "tally.h"
#include "target.h"

enum {
    LONG_RUN = 1000, /* records from which on a run takes the memory of a long one at once */
    SAMPLE = 64      /* records that tell how large the others are */
};

/* What is done with input: the batch that is filled, and those on their way. */
struct run {
    const struct load_options *options;
    struct target target;
    struct plan plan;
    struct row_reader rows;
    struct catalogue catalogue;
    struct unknown unknown; /* of the batches that are done */
    struct tally tally;
    struct crew *crew;
    struct settler settler;
    struct line_reader *lines;
    struct batch *batches; /* as many as crew_batches() says */
    size_t batch_count;
    struct batch **free; /* a stack of those that nobody has */
    size_t free_count;
    struct batch *current;    /* NULL: all are on their way */
    struct batch **committed; /* in this order their verdicts are printed */
    size_t committed_count;
    uint64_t closes_at; /* when its linger is over */
    struct split *split;
    struct hold hold;
    uint64_t reading_until; /* 0: no stop request yet */
    uint64_t leaving_at;    /* 0: no halt yet; then whatever is at work is left to itself */
    struct figures figures;
    struct meter *meter;   /* NULL: none is wanted */
    bool populated;        /* with memory for a long run */
    bool ended;            /* no more input */
    struct failure ending; /* what the input failed of */
};

/* ---- verdicts ---- */

/* The batch is done with, and may be filled anew. */
static void reuse(struct run *run, struct batch *batch)
{
    batch_clear(batch);
    if (run->current == NULL)
        run->current = batch;
    else
        run->free[run->free_count++] = batch;
}

/* Print verdicts as far as their reader takes them. 0, or -1 with ${failure}: nobody hears more. */
static int settle(struct run *run, struct failure *failure)
{
    struct failure own = { .status = STATUS_OK };
    int status = 0;
    while (run->committed_count > 0 && status == 0) {
        struct batch *batch = run->committed[0];
        status = settle_is_busy(&run->settler) ? settle_on(&run->settler, &own)
                                               : settle_batch(&run->settler, batch, &own);
        if (settle_is_busy(&run->settler))
            return 0;
        memmove(run->committed, run->committed + 1,
            --run->committed_count * sizeof *run->committed);
        reuse(run, batch);
    }
    if (status == 0)
        return 0;
    halt_now();
    if (failure->status == STATUS_OK)
        *failure = own;
    while (run->committed_count > 0)
        reuse(run, run->committed[--run->committed_count]);
    return -1;
}

/* Some message has records that must not be rejected one by one: nothing more is read. */
static void end_split(struct run *run)
{
    if (run->ending.status == STATUS_OK) {
        failure_set(&run->ending, STATUS_DATA,
            "another program has made several records of one message");
        failure_hint(&run->ending,
            "they got no verdict; without --no-quarantine the error table keeps them");
    }
    run->ended = true;
}

/* A batch is back: its verdicts come after those before. The first failure is kept. 0, or -1. */
static int take_back(struct run *run, struct batch *batch, const struct failure *outcome,
    struct failure *failure)
{
    unknown_tell(&run->unknown, &batch->unknown);
    if (outcome->status != STATUS_OK && failure->status == STATUS_OK)
        *failure = *outcome;
    if (outcome->status != STATUS_OK || outqueue_error(run->settler.verdicts) != 0) {
        reuse(run, batch);
        return -1;
    }
    if (!run->options->dry_run)
        run->figures.last_success_ms = clock_realtime_ms();
    split_learn(run->split, batch);
    if (batch->untold > 0)
        end_split(run);
    run->committed[run->committed_count++] = batch;
    return 0;
}

/* ---- handing over ---- */

static bool is_full(const struct run *run)
{
    return run->current != NULL &&
        (run->current->count >= run->options->batch_rows ||
            run->current->lines.length >= run->options->batch_bytes);
}

static bool is_due(const struct run *run)
{
    if (run->current == NULL || run->current->count == 0)
        return false;
    return run->ended || is_full(run) || clock_monotonic_ms() >= run->closes_at;
}

/* A full batch may wait for a connection; one whose time is over goes on filling meanwhile. */
static bool may_give(const struct run *run)
{
    return run->ended || is_full(run) ? crew_has_room(run->crew) : crew_is_idle(run->crew);
}

/* Whether the current batch is to be given away now. */
static bool is_ready(const struct run *run)
{
    return is_due(run) && may_give(run) &&
        (run->ended ||
            clock_monotonic_ms() >=
                hold_until_ms(&run->hold, run->current, run->options->linger_ms));
}

/* Whether the current batch takes any record that comes. */
static bool is_open(const struct run *run)
{
    return run->current != NULL && !is_full(run) && !run->hold.closed && !run->ended;
}

/* Give the current batch to the crew. 0, or -1 with ${failure}. */
static int hand_over(struct run *run, struct failure *failure)
{
    if (settle_is_deaf(&run->settler)) {
        halt_now();
        return failure_set(failure, STATUS_IO, "standard output: %s", strerror(EPIPE));
    }
    if (batch_seal(run->current, run->target.has_ledger) != 0)
        return failure_set(failure, STATUS_INTERNAL, "not enough memory");
    crew_give(run->crew, run->current);
    hold_next(&run->hold);
    run->current = run->free_count > 0 ? run->free[--run->free_count] : NULL;
    return 0;
}

/* Whether a line could be taken at once. */
static bool has_line(const struct run *run)
{
    return is_open(run) && (run->hold.has_line || line_ready(run->lines));
}

/*
 * Take back what is done. The connection gets its next batch before verdicts are written, and
 * neither it nor the reading of lines waits for their reader. 0, or -1 with ${failure}.
 */
static int turn_over(struct run *run, struct failure *failure)
{
    struct failure outcome;
    struct batch *done;
    int status = 0;
    while (status == 0 && (done = crew_take(run->crew, &outcome)) != NULL) {
        if (outcome.status == STATUS_OK && is_ready(run))
            status = hand_over(run, failure);
        if (take_back(run, done, &outcome, failure) != 0)
            status = -1;
    }
    if (status == 0 && run->committed_count > 0 && !has_line(run))
        status = settle(run, failure);
    return status;
}

/* ---- reading ---- */

/* All that a long run will need. Batches on their way have met their size by now. */
static void populate(struct run *run)
{
    run->populated = true;
    for (size_t i = 0; i < run->batch_count; i++)
        if (&run->batches[i] == run->current || run->batches[i].capacity == 0)
            batch_populate(&run->batches[i], run->current, run->options->batch_rows,
                run->options->batch_bytes);
}

/* Add what line_next() had. 0, or -1 with ${failure}. */
static int take_line(struct run *run, enum line_result result, const struct line *line,
    struct failure *failure)
{
    if (result == LINE_ERROR)
        failure_set(&run->ending, errno == ENOMEM ? STATUS_INTERNAL : STATUS_IO,
            "standard input: %s", strerror(errno));
    run->ended = result == LINE_END || result == LINE_STOPPED || result == LINE_ERROR;
    if (result != LINE_OK && result != LINE_LONG)
        return 0;
    if (line->number >= LONG_RUN && !run->populated && run->current->count >= SAMPLE)
        populate(run);
    run->figures.read++;
    if (run->current->count == 0) {
        run->current->began_ms = clock_monotonic_ms();
        run->closes_at = run->current->began_ms + run->options->linger_ms;
    }
    errno = 0;
    if (catalogue_read(&run->catalogue, line, result == LINE_LONG, run->current) != 0 ||
        split_note(run->split, run->current) != 0)
        return failure_set(failure, STATUS_INTERNAL,
            errno == ECHILD ? "the process that runs the filters is ended from outside, repeatedly"
                            : "not enough memory");
    return 0;
}

/* How long to wait: while nothing is due, for ever. */
static int patience(struct run *run, bool reading)
{
    uint64_t until = UINT64_MAX;
    uint64_t now = clock_monotonic_ms();
    if (stop_requested() && run->reading_until == 0)
        run->reading_until = now + halt_drain_ms(run->options->grace_ms);
    if (halt_requested() && run->leaving_at == 0)
        run->leaving_at = now + halt_reserve_ms(run->options->grace_ms);
    if (reading && run->reading_until != 0)
        until = run->reading_until;
    if (run->leaving_at != 0 && run->leaving_at < until)
        until = run->leaving_at;
    if (run->current != NULL && run->current->count > 0 && may_give(run)) {
        uint64_t held = hold_until_ms(&run->hold, run->current, run->options->linger_ms);
        uint64_t closes = is_full(run) || held > run->closes_at ? held : run->closes_at;
        until = closes < until ? closes : until;
    }
    if (until == UINT64_MAX)
        return -1;
    return until <= now ? 0 : until - now > 60000 ? 60000 : (int)(until - now);
}

static bool is_leaving(const struct run *run)
{
    return run->leaving_at != 0 && clock_monotonic_ms() >= run->leaving_at;
}

/* Until there is input, if ${reading}, a batch is done, verdicts can be written, or the time for
 * one of them is over. */
static void wait_for_news(struct run *run, bool reading)
{
    bool settling = run->committed_count > 0;
    struct pollfd news[] = {
        { .fd = crew_fd(run->crew), .events = POLLIN },
        { .fd = settling ? STDOUT_FILENO : -1, .events = settle_events(&run->settler) },
        { .fd = reading ? line_fd(run->lines) : -1, .events = POLLIN },
        { .fd = run->reading_until != 0 ? -1 : stop_fd(), .events = POLLIN },
        { .fd = run->leaving_at != 0 ? -1 : halt_fd(), .events = POLLIN },
    };
    (void)poll(news, sizeof news / sizeof *news, meter_timeout(run->meter, patience(run, reading)));
    /* whatever woke it, everything is looked at again */
}

/* Whether what was read goes into the current batch, closed as it is; the end of the input does. */
static bool joins_batch(struct run *run)
{
    const struct hold *hold = &run->hold;
    if (hold->result != LINE_OK && hold->result != LINE_LONG)
        return true;
    catalogue_lock(&run->catalogue); /* the reader of rows is the connections' too */
    bool joins = hold_joins(run->split, &run->rows, &hold->line, run->current,
        run->options->batch_rows, run->options->batch_bytes);
    catalogue_unlock(&run->catalogue);
    return joins;
}

/* One step: a batch handed over, a line read, or a wait. 0, or -1 with ${failure}. */
static int step(struct run *run, struct failure *failure)
{
    struct hold *hold = &run->hold;
    if (hold->has_line && is_open(run)) {
        hold->has_line = false;
        return take_line(run, hold->result, &hold->line, failure);
    }
    bool reading = run->current != NULL && !run->ended && !hold->has_line;
    if (reading) {
        hold->result = line_next(run->lines, 0, &hold->line);
        hold_saw(hold, hold->result);
        if (hold->result != LINE_AGAIN && (is_open(run) || joins_batch(run)))
            return take_line(run, hold->result, &hold->line, failure);
        hold->has_line = hold->result != LINE_AGAIN;
    }
    if (is_ready(run))
        return hand_over(run, failure);
    hold->closed = is_due(run) && may_give(run);
    if (is_leaving(run))
        return failure_set(failure, STATUS_TEMPORARY,
            "stopped before the last batch was committed");
    wait_for_news(run, reading && !hold->has_line);
    return 0;
}

/* Whether batches are on their way, or their verdicts. */
static bool is_pending(const struct run *run)
{
    return run->committed_count > 0 || crew_busy(run->crew) > 0;
}

static int load_lines(struct run *run, struct failure *failure)
{
    while (turn_over(run, failure) == 0) {
        meter_turn(run->meter);
        if (run->ended && !is_pending(run) && !is_due(run))
            break;
        if (step(run, failure) != 0)
            break;
    }
    /* After a failure: what is under way may yet be committed, and is told then. */
    struct failure outcome;
    struct batch *done;
    (void)crew_withdraw(run->crew);
    run->current = NULL; /* it goes nowhere any more, so that no time of its own is waited for */
    while (is_pending(run) && !is_leaving(run)) {
        while ((done = crew_take(run->crew, &outcome)) != NULL)
            (void)take_back(run, done, &outcome, failure);
        (void)settle(run, failure);
        if (is_pending(run))
            wait_for_news(run, false);
        meter_turn(run->meter);
    }
    if (failure->status == STATUS_OK)
        *failure = run->ending;
    return failure->status == STATUS_OK ? 0 : -1;
}

static void summarize(const struct run *run, uint64_t started, const struct failure *failure,
    struct load_summary *summary)
{
    const struct counts *counts = &run->settler.counts;
    const char *dry = run->options->dry_run ? "would_" : "";
    char skipped[LINE_SKIPPED_SIZE];
    char rare[SETTLE_RARE_SIZE];
    unknown_summarize(&run->unknown, run->plan.map_name.length > 0);
    uint64_t ms = clock_monotonic_ms() - started;
    summary->plain =
        failure->status == STATUS_OK && counts->quarantined == 0 && counts->rejected == 0;
    (void)snprintf(summary->text, sizeof summary->text,
        "%s%s=%" PRIu64 " %s%s=%" PRIu64 " %s%s=%" PRIu64 " %s%s=%" PRIu64 " batches=%" PRIu64
        " seconds=%" PRIu64 ".%02" PRIu64 "%s%s",
        dry, *dry == '\0' ? "committed" : "commit", counts->committed, dry, "duplicate",
        counts->duplicate, dry, *dry == '\0' ? "quarantined" : "quarantine", counts->quarantined,
        dry, *dry == '\0' ? "rejected" : "reject", counts->rejected, counts->batches, ms / 1000,
        ms % 1000 / 10, settle_rare(counts, rare),
        line_skipped_text(line_skipped(run->lines), skipped));
}

static int no_memory(struct failure *failure)
{
    return failure_set(failure, STATUS_INTERNAL, "not enough memory");
}

static int open_batches(struct run *run, struct failure *failure)
{
    size_t count = crew_batches((size_t)run->options->jobs);
    run->batches = calloc(count, sizeof *run->batches);
    run->free = calloc(count, sizeof *run->free);
    run->committed = calloc(count, sizeof(struct batch *));
    if (run->batches == NULL || run->free == NULL || run->committed == NULL)
        return no_memory(failure);
    for (; run->batch_count < count; run->batch_count++) {
        struct batch *batch = &run->batches[run->batch_count];
        batch_init(batch, &run->plan, &run->target.table);
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
    run->figures = (struct figures){ .counts = &run->settler.counts,
        .tally = &run->tally,
        .dry_run = options->dry_run };
    if (figures_open(&run->figures, &options->meter, options->table, &run->meter) == 0)
        return 0;
    return failure_set(failure, STATUS_IO, "cannot write %s: %s", options->meter.metrics_file,
        meter_reason(errno));
}

static int open_run(struct run *run, struct failure *failure)
{
    const struct load_options *options = run->options;
    if (open_meter(run, failure) != 0 ||
        target_open(&run->target, options, run->meter, failure) != 0 ||
        plan_build(&run->plan, options, &run->target.table, failure) != 0)
        return -1;
    if (row_open(&run->rows, &run->plan) != 0)
        return no_memory(failure);
    catalogue_open(&run->catalogue, &run->plan, &run->target.table, &run->rows);
    run->target.catalogue = &run->catalogue;
    if (open_batches(run, failure) != 0 ||
        settle_open(&run->settler, options, run->target.has_ledger, failure) != 0)
        return -1;
    run->lines = line_open(STDIN_FILENO, options->max_record, halt_drain_ms(options->grace_ms));
    if (run->lines == NULL)
        return failure_set(failure, STATUS_IO, "standard input: %s", strerror(errno));
    run->split = split_new();
    if (run->split == NULL)
        return no_memory(failure);
    if (!plan_start_filters())
        msg_warn_always("this kernel does not let the filters be confined; going on without");
    run->crew = crew_open(options, &run->target, &run->tally, (size_t)options->jobs, failure);
    return run->crew == NULL ? -1 : 0;
}

static void close_run(struct run *run)
{
    line_close(run->lines);
    catalogue_close(&run->catalogue, run->batches, run->batch_count);
    for (size_t i = 0; i < run->batch_count; i++)
        batch_free(&run->batches[i]);
    free(run->batches);
    free(run->free);
    free(run->committed);
    row_close(&run->rows);
    split_free(run->split);
    plan_free(&run->plan);
    target_close(&run->target);
    tally_free(&run->tally);
    free(run);
}

int load_run(const struct load_options *options, struct load_summary *summary,
    struct failure *failure)
{
    struct run *run = calloc(1, sizeof *run); /* not on the stack: a thread may outlive us */
    if (run == NULL || halt_open(options->grace_ms) != 0) {
        free(run);
        return failure_set(failure, STATUS_INTERNAL, "cannot start: %s", strerror(errno));
    }
    uint64_t started = clock_monotonic_ms();
    run->options = options;
    run->settler.reject_fd = -1;
    tally_init(&run->tally);
    halt_work_begins();
    int status = open_run(run, failure);
    halt_work_ends();
    bool opened = status == 0;
    if (opened)
        status = load_lines(run, failure);
    if (settle_close(&run->settler, failure) != 0)
        status = -1;
    meter_close(run->meter);
    if (opened)
        summarize(run, started, failure, summary);
    if (status == 0 && run->settler.counts.rejected > 0)
        status = 1;
    if (crew_close(run->crew)) /* else the end of the process frees it */
        close_run(run);
    return status;
}
