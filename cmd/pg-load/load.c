#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/out.h"
#include "base/stop.h"
#include "load.h"
#include "mapfile.h"
#include "record/code.h"
#include "run.h"
#include "shutdown.h"

enum {
    LONG_RUN = 1000, /* records after which a run takes all the memory of a long run */
    SAMPLE = 64      /* records that show how large the others are */
};

/* ---- verdicts ---- */

/* Clear a batch that is settled, so that it can be filled again. */
static void reuse(struct run *run, struct row_batch *batch)
{
    row_batch_clear(batch);
    if (run->current == NULL)
        run->current = batch;
    else
        run->free[run->free_count++] = batch;
}

/* Print verdicts, as many as their reader takes. Return 0, or -1 with ${failure}: no more are
 * printed. */
static int print_verdicts(struct run *run, struct failure *failure)
{
    struct failure refused = { .status = STATUS_OK };
    int status = 0;
    while (run->committed_count > 0 && status == 0) {
        struct row_batch *batch = run->committed[0];
        status = report_is_busy(&run->reporter) ? report_continue(&run->reporter, &refused)
                                                : report_batch(&run->reporter, batch, &refused);
        if (report_is_busy(&run->reporter))
            return 0;
        memmove(run->committed, run->committed + 1,
            --run->committed_count * sizeof *run->committed);
        reuse(run, batch);
    }
    if (status == 0)
        return 0;
    shutdown_now();
    if (failure->status == STATUS_OK)
        *failure = refused;
    while (run->committed_count > 0)
        reuse(run, run->committed[--run->committed_count]);
    return -1;
}

/* Stop reading: some message has records that must not be rejected one by one. */
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

/* Return true when COMMIT settled one of its records. A rejected one is stored nowhere, and its
 * message comes again. */
static bool has_settled(const struct row_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (verdict_status_is_final(batch->items[i].verdict))
            return true;
    return false;
}

/* Take back a batch; its verdicts follow those of earlier ones. Keep the first failure. Return 0 or
 * -1. */
static int take_back(struct run *run, struct row_batch *batch, const struct failure *outcome,
    struct failure *failure)
{
    unknown_warn(&run->unknown, &batch->unknown, run->options->refuse_unknown);
    if (outcome->status != STATUS_OK && failure->status == STATUS_OK)
        *failure = *outcome;
    if (outcome->status != STATUS_OK || outqueue_error(run->reporter.verdicts) != 0) {
        reuse(run, batch);
        return -1;
    }
    batch->done_ms = run->options->dry_run ? 0 : clock_realtime_ms();
    if (has_settled(batch))
        run->figures.last_success_ms = batch->done_ms;
    split_learn(run->split, batch);
    if (batch->without_verdict > 0)
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
    return run->ended || is_full(run) || clock_monotonic_ms() >= run->closes_ms;
}

/*
 * Return true when the batch can go: a full one may wait for a connection, others fill meanwhile.
 */
static bool can_submit(const struct run *run)
{
    return run->ended || is_full(run) ? pool_has_room(run->pool) : pool_is_idle(run->pool);
}

/* Return true when the current batch must be submitted now. */
static bool is_ready(const struct run *run)
{
    return is_due(run) && can_submit(run) &&
        (run->ended ||
            clock_monotonic_ms() >=
                lookahead_until_ms(&run->lookahead, run->current, run->options->linger_ms));
}

/* Return true when the current batch takes any record. */
static bool is_open(const struct run *run)
{
    return run->current != NULL && !is_full(run) && !run->lookahead.closed && !run->ended;
}

/* Give the current batch to the pool. Return 0, or -1 with ${failure}. */
static int submit(struct run *run, struct failure *failure)
{
    if (report_is_closed(&run->reporter)) {
        shutdown_now();
        return failure_set(failure, STATUS_IO, "cannot write to standard output: %s",
            out_reason(EPIPE));
    }
    if (row_batch_seal(run->current, run->target.has_ledger) != 0)
        return failure_no_memory(failure);
    pool_submit(run->pool, run->current);
    lookahead_next(&run->lookahead);
    if (run->free_count > 0)
        populate_wait(&run->populating);
    run->current = run->free_count > 0 ? run->free[--run->free_count] : NULL;
    return 0;
}

/* Return true when a complete line is available. */
static bool has_line(const struct run *run)
{
    return is_open(run) && (run->lookahead.has_line || line_ready(run->lines));
}

/*
 * Take back finished batches. Submit the next batch before writing verdicts: neither the connection
 * nor the reading of lines waits for their reader. Return 0, or -1 with ${failure}.
 */
static int take_finished(struct run *run, struct failure *failure)
{
    struct failure outcome;
    struct row_batch *done;
    int status = 0;
    while (status == 0 && (done = pool_take(run->pool, &outcome)) != NULL) {
        if (outcome.status == STATUS_OK && is_ready(run))
            status = submit(run, failure);
        if (take_back(run, done, &outcome, failure) != 0)
            status = -1;
    }
    if (status == 0 && run->committed_count > 0 && !has_line(run))
        status = print_verdicts(run, failure);
    return status;
}

/* ---- reading ---- */

/* Take all the memory of a long run. Submitted batches have reached their size already. */
static void populate(struct run *run)
{
    run->populated = true;
    populate_start(&run->populating, run->batches, run->batch_count, run->current,
        run->options->batch_rows, run->options->batch_bytes);
}

/*
 * Count the sealed records in a row. Many of them mean a policy that does not fit; it must not
 * empty a queue into a table of sealed records. Return 0, or -1 with ${failure}.
 */
static int count_sealed(struct run *run, struct failure *failure)
{
    const struct item *item = &run->current->items[run->current->count - 1];
    run->sealed = item->sealed ? run->sealed + 1 : 0;
    if (run->sealed <= run->options->sealed_limit)
        return 0;
    failure_set(failure, STATUS_DATA,
        "more than --sealed-limit: %" PRIu64
        " records in a row could not be masked, the last for %s",
        run->sealed, run->current->refusals[item->refusal].code);
    return failure_hint(failure,
        "check that the policy fits the messages; nothing of the last batch was stored");
}

/* Add the result of line_next(). Return 0, or -1 with ${failure}. */
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
        run->closes_ms = run->current->began_ms + run->options->linger_ms;
    }
    errno = 0;
    if (catalogue_read(&run->catalogue, line, result == LINE_LONG, run->current) != 0 ||
        split_note(run->split, run->current) != 0)
        return failure_set(failure, STATUS_INTERNAL,
            errno == ECHILD ? "the process that runs the filters was killed repeatedly"
                            : "out of memory");
    return count_sealed(run, failure);
}

/* Return how long to wait, in ms; -1, without limit, when nothing is due. */
static int wait_ms(struct run *run, bool reading)
{
    uint64_t until = UINT64_MAX;
    uint64_t now = clock_monotonic_ms();
    if (stop_requested() && run->reading_until_ms == 0)
        run->reading_until_ms = now + shutdown_drain_ms(run->options->grace_ms);
    if (shutdown_requested() && run->leaving_ms == 0)
        run->leaving_ms = now + shutdown_reserve_ms(run->options->grace_ms);
    if (reading && run->reading_until_ms != 0)
        until = run->reading_until_ms;
    if (run->leaving_ms != 0 && run->leaving_ms < until)
        until = run->leaving_ms;
    if (run->current != NULL && run->current->count > 0 && can_submit(run)) {
        uint64_t held = lookahead_until_ms(&run->lookahead, run->current, run->options->linger_ms);
        uint64_t closes = is_full(run) || held > run->closes_ms ? held : run->closes_ms;
        until = closes < until ? closes : until;
    }
    if (until == UINT64_MAX)
        return -1;
    return until <= now ? 0 : until - now > 60000 ? 60000 : (int)(until - now);
}

static bool is_leaving(const struct run *run)
{
    return run->leaving_ms != 0 && clock_monotonic_ms() >= run->leaving_ms;
}

/* Wait until input comes, if ${reading}, a batch ends, verdicts can be written, or the time of one
 * of them is due. */
static void wait_for_news(struct run *run, bool reading)
{
    bool printing = run->committed_count > 0;
    struct pollfd news[] = {
        { .fd = pool_fd(run->pool), .events = POLLIN },
        { .fd = printing ? STDOUT_FILENO : -1, .events = report_events(&run->reporter) },
        { .fd = reading ? line_fd(run->lines) : -1, .events = POLLIN },
        { .fd = run->reading_until_ms != 0 ? -1 : stop_fd(), .events = POLLIN },
        { .fd = run->leaving_ms != 0 ? -1 : shutdown_fd(), .events = POLLIN },
    };
    (void)poll(news, sizeof news / sizeof *news, meter_timeout(run->meter, wait_ms(run, reading)));
    /* after any event, the caller checks everything again */
}

/* Return true when the line goes into the current batch although that is closed; so does the end of
 * the input. */
static bool joins_batch(struct run *run)
{
    const struct lookahead *lookahead = &run->lookahead;
    if (lookahead->result != LINE_OK && lookahead->result != LINE_LONG)
        return true;
    catalogue_lock(&run->catalogue); /* the connections use the reader of rows too */
    bool joins = lookahead_joins(run->split, &run->rows, &lookahead->line, run->current,
        run->options->batch_rows, run->options->batch_bytes);
    catalogue_unlock(&run->catalogue);
    return joins;
}

/* Do one step: submit a batch, read a line, or wait. Return 0, or -1 with ${failure}. */
static int step(struct run *run, struct failure *failure)
{
    struct lookahead *lookahead = &run->lookahead;
    if (lookahead->has_line && is_open(run)) {
        lookahead->has_line = false;
        return take_line(run, lookahead->result, &lookahead->line, failure);
    }
    bool reading = run->current != NULL && !run->ended && !lookahead->has_line;
    if (reading) {
        lookahead->result = line_next(run->lines, 0, &lookahead->line);
        lookahead_note(lookahead, lookahead->result);
        if (lookahead->result != LINE_AGAIN && (is_open(run) || joins_batch(run)))
            return take_line(run, lookahead->result, &lookahead->line, failure);
        lookahead->has_line = lookahead->result != LINE_AGAIN;
    }
    if (is_ready(run))
        return submit(run, failure);
    lookahead->closed = is_due(run) && can_submit(run);
    if (is_leaving(run))
        return failure_set(failure, STATUS_TEMPORARY,
            "stopped before the last batch was committed");
    wait_for_news(run, reading && !lookahead->has_line);
    return 0;
}

/* Return true while batches are submitted, or their verdicts are not printed. */
static bool is_pending(const struct run *run)
{
    return run->committed_count > 0 || pool_busy(run->pool) > 0;
}

static int load_lines(struct run *run, struct failure *failure)
{
    while (take_finished(run, failure) == 0) {
        meter_update(run->meter);
        if (run->ended && !is_pending(run) && !is_due(run))
            break;
        if (step(run, failure) != 0)
            break;
    }
    /* After a failure, submitted batches may still be committed; print their verdicts then. */
    struct failure outcome;
    struct row_batch *done;
    (void)pool_withdraw(run->pool);
    run->current = NULL; /* not submitted any more, so that nothing waits for its time */
    while (is_pending(run) && !is_leaving(run)) {
        while ((done = pool_take(run->pool, &outcome)) != NULL)
            (void)take_back(run, done, &outcome, failure);
        (void)print_verdicts(run, failure);
        if (is_pending(run))
            wait_for_news(run, false);
        meter_update(run->meter);
    }
    if (failure->status == STATUS_OK)
        *failure = run->ending;
    return failure->status == STATUS_OK ? 0 : -1;
}

/* Append " name=count" to ${text}. */
static void add_count(struct buf *text, const char *prefix, const char *name, uint64_t count)
{
    buf_printf(text, "%s%s%s=%" PRIu64, text->length == 0 ? "" : " ", prefix, name, count);
}

static void summarize(const struct run *run, uint64_t started, const struct failure *failure,
    struct load_summary *summary)
{
    const struct counts *counts = &run->reporter.counts;
    bool dry = run->options->dry_run;
    const char *prefix = dry ? "would_" : "";
    char skipped[LINE_SKIPPED_SIZE];
    char rare[REPORT_RARE_SIZE];
    struct buf text;
    unknown_summarize(&run->unknown, &run->plan, &run->target.table);
    if (run->reporter.no_records > 0 && run->reporter.no_records == run->figures.read)
        msg_hint("%s", code_line_hint);
    uint64_t ms = clock_monotonic_ms() - started;
    summary->plain =
        failure->status == STATUS_OK && counts->quarantined == 0 && counts->rejected == 0;
    if (!msg_noted(true))
        mapfile_tell(&run->plan.map_name, run->options, summary->plain);
    buf_init(&text, 2 * sizeof summary->text);
    add_count(&text, prefix, dry ? "commit" : "committed", counts->committed);
    add_count(&text, prefix, "duplicate", counts->duplicate);
    add_count(&text, prefix, dry ? "quarantine" : "quarantined", counts->quarantined);
    add_count(&text, prefix, dry ? "reject" : "rejected", counts->rejected);
    add_count(&text, "", "batches", counts->batches);
    buf_printf(&text, " seconds=%" PRIu64 ".%02" PRIu64, ms / 1000, ms % 1000 / 10);
    buf_puts(&text, report_rare(counts, rare));
    buf_puts(&text, line_skipped_text(line_skipped(run->lines), skipped));
    if (buf_cstr(&text) != NULL)
        memccpy(summary->text, buf_cstr(&text), '\0', sizeof summary->text - 1);
    buf_free(&text);
}

int load_run(const struct load_options *options, struct load_summary *summary,
    struct failure *failure)
{
    struct run *run = calloc(1, sizeof *run); /* not on the stack: a thread may outlive this call */
    if (run == NULL || shutdown_open(options->grace_ms) != 0) {
        free(run);
        return failure_set(failure, STATUS_INTERNAL, "cannot start: %s", strerror(errno));
    }
    uint64_t started = clock_monotonic_ms();
    run->options = options;
    run->reporter.reject_fd = -1;
    tally_init(&run->tally);
    shutdown_work_begins();
    int status = run_open(run, failure);
    shutdown_work_ends();
    bool opened = status == 0;
    if (opened)
        status = load_lines(run, failure);
    if (report_close(&run->reporter, failure) != 0)
        status = -1;
    meter_close(run->meter);
    if (opened)
        summarize(run, started, failure, summary);
    if (status == 0 && run->reporter.counts.rejected > 0)
        status = STATUS_PARTIAL;
    if (pool_close(run->pool)) /* else the end of the process frees it */
        run_close(run);
    return status;
}
