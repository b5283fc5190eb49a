#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/line.h"
#include "base/msg.h"
#include "base/out.h"
#include "base/stop.h"
#include "batch.h"
#include "commit.h"
#include "load.h"
#include "pg/ledger.h"
#include "plan.h"
#include "row.h"
#include "settle.h"
#include "target.h"

/* Everything of a run, in the order of its acquisition. */
struct run {
    const struct load_options *options;
    struct target target;
    struct plan plan;
    struct row_reader rows;
    struct batch batch;
    struct loader loader;
    struct settler settler;
    struct line_reader *lines;
    uint64_t closes_at; /* when the batch's linger is over */
};

static int commit_and_settle(struct run *run, struct failure *failure)
{
    struct batch *batch = &run->batch;
    if (batch->count == 0)
        return 0;
    if (settle_is_deaf(&run->settler))
        return failure_set(failure, STATUS_IO, "standard output: %s", strerror(EPIPE));
    if (batch_seal(batch, run->target.has_ledger) != 0)
        return failure_set(failure, STATUS_INTERNAL, "not enough memory");
    if (commit_batch(&run->loader, batch, failure) != 0 ||
        settle_batch(&run->settler, &run->loader, batch, failure) != 0)
        return -1;
    batch_clear(batch);
    return 0;
}

/* How long to wait for input: for ever with nothing in hand, else what is left of the linger. */
static int patience_for_input(const struct run *run)
{
    if (run->batch.count == 0)
        return -1;
    uint64_t now = clock_monotonic_ms();
    return now >= run->closes_at ? 0 : (int)(run->closes_at - now);
}

static enum line_result next_line(struct run *run, struct line *line)
{
    enum line_result result = line_next(run->lines, 0, line);
    if (result != LINE_AGAIN)
        return result;
    int timeout = patience_for_input(run);
    return timeout == 0 ? LINE_AGAIN : line_next(run->lines, timeout, line);
}

static int take_line(struct run *run, const struct line *line, bool too_long,
    struct failure *failure)
{
    struct batch *batch = &run->batch;
    if (batch->count == 0)
        run->closes_at = clock_monotonic_ms() + run->options->linger_ms;
    if (row_read(&run->rows, line, too_long, batch) != 0)
        return failure_set(failure, STATUS_INTERNAL, "not enough memory");
    if (batch->count >= run->options->batch_rows ||
        batch->lines.length >= run->options->batch_bytes)
        return commit_and_settle(run, failure);
    return 0;
}

static int load_lines(struct run *run, struct failure *failure)
{
    struct line line;
    for (;;) {
        enum line_result result = next_line(run, &line);
        switch (result) {
        case LINE_OK:
        case LINE_LONG:
            if (take_line(run, &line, result == LINE_LONG, failure) != 0)
                return -1;
            break;
        case LINE_AGAIN:
            if (commit_and_settle(run, failure) != 0)
                return -1;
            break;
        case LINE_END:
        case LINE_STOPPED:
            return commit_and_settle(run, failure);
        case LINE_ERROR: {
            int reason = errno;
            if (commit_and_settle(run, failure) != 0)
                return -1;
            return failure_set(failure, STATUS_IO, "standard input: %s", strerror(reason));
        }
        }
    }
}

static void summarize(const struct run *run, uint64_t started, const struct failure *failure,
    struct load_summary *summary)
{
    const struct counts *counts = &run->loader.counts;
    const char *dry = run->options->dry_run ? "would_" : "";
    char more[64] = "";
    if (counts->unkeyed > 0)
        (void)snprintf(more, sizeof more, " unkeyed=%" PRIu64, counts->unkeyed);
    if (run->rows.unknown > 0)
        msg_warn("%" PRIu64 " %s of %" PRIu64 " %s had %s that no column has the name of",
            run->rows.unknown, run->rows.unknown == 1 ? "value" : "values",
            run->rows.unknown_records, run->rows.unknown_records == 1 ? "record" : "records",
            run->rows.unknown == 1 ? "a key" : "keys");
    uint64_t ms = clock_monotonic_ms() - started;
    summary->plain =
        failure->status == STATUS_OK && counts->quarantined == 0 && counts->rejected == 0;
    (void)snprintf(summary->text, sizeof summary->text,
        "%s%s=%" PRIu64 " %s%s=%" PRIu64 " %s%s=%" PRIu64 " %s%s=%" PRIu64 " batches=%" PRIu64
        " seconds=%" PRIu64 ".%02" PRIu64 "%s",
        dry, *dry == '\0' ? "committed" : "commit", counts->committed, dry, "duplicate",
        counts->duplicate, dry, *dry == '\0' ? "quarantined" : "quarantine", counts->quarantined,
        dry, *dry == '\0' ? "rejected" : "reject", counts->rejected, counts->batches, ms / 1000,
        ms % 1000 / 10, more);
}

static int open_run(struct run *run, struct failure *failure)
{
    const struct load_options *options = run->options;
    if (target_open(&run->target, options, failure) != 0 ||
        plan_build(&run->plan, options, &run->target.table, failure) != 0)
        return -1;
    batch_init(&run->batch, &run->plan, &run->target.table);
    if (row_open(&run->rows, &run->plan) != 0)
        return failure_set(failure, STATUS_INTERNAL, "not enough memory");
    if (settle_open(&run->settler, options, failure) != 0)
        return -1;
    run->lines = line_open(STDIN_FILENO, options->max_record, options->grace_ms);
    return run->lines == NULL ? failure_set(failure, STATUS_INTERNAL, "not enough memory") : 0;
}

int load_run(const struct load_options *options, struct load_summary *summary,
    struct failure *failure)
{
    struct run run = { .options = options };
    uint64_t started = clock_monotonic_ms();
    run.settler.reject_fd = -1;
    loader_init(&run.loader, options, &run.target);
    int status = open_run(&run, failure);
    bool opened = status == 0;
    if (opened)
        status = load_lines(&run, failure);
    if (settle_close(&run.settler, failure) != 0)
        status = -1;
    if (opened)
        summarize(&run, started, failure, summary);
    if (status == 0 && run.loader.counts.rejected > 0)
        status = 1;
    line_close(run.lines);
    batch_free(&run.batch);
    row_close(&run.rows);
    loader_free(&run.loader);
    plan_free(&run.plan);
    target_close(&run.target);
    return status;
}

int load_explain(const struct load_options *options, struct failure *failure)
{
    struct target target;
    struct plan plan = { .unknown = JSON_NO_NODE };
    struct buf text;
    struct load_options look = *options;
    look.dry_run = true; /* creates nothing */
    buf_init(&text, 16 << 20);
    int status = target_open(&target, &look, failure);
    if (status == 0)
        status = plan_build(&plan, options, &target.table, failure);
    if (status == 0 && plan_explain(&plan, &target.table, &text) != 0)
        status = failure_set(failure, STATUS_INTERNAL, "not enough memory");
    if (status == 0) {
        struct out *out = out_open(STDOUT_FILENO);
        if (out == NULL)
            status = failure_set(failure, STATUS_INTERNAL, "not enough memory");
        else if (out_write(out, text.data, text.length) != 0 || out_close(out) != 0)
            status = failure_set(failure, STATUS_IO, "standard output: %s", strerror(errno));
    }
    buf_free(&text);
    plan_free(&plan);
    target_close(&target);
    return status;
}

int load_prune(const struct load_options *options, uint64_t age_ms, struct failure *failure)
{
    struct target target;
    struct load_options look = *options;
    look.no_quarantine = look.no_create = look.prune = true;
    int status = target_open(&target, &look, failure);
    if (status == 0) {
        struct pg_conn *conn = target.conn;
        uint64_t count = 0;
        bool done =
            pg_conn_begin(conn, "") == 0 && pg_ledger_prune(conn, &target.ledger, age_ms) == 0;
        count = pg_conn_affected(conn);
        if (!done || pg_conn_commit(conn) != PG_COMMITTED) {
            const struct pg_error error = *pg_conn_error(conn);
            status = failure_from_table(failure, &error, "pruning the ledger",
                target.ledger.qualified, true);
            failure_rights(failure, &error, "SELECT, DELETE", target.ledger.qualified);
        } else
            msg_summary(true, "pruned=%" PRIu64, count);
    }
    target_close(&target);
    return status;
}
