#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/line.h"
#include "base/meter.h"
#include "base/out.h"
#include "base/start.h"
#include "mask/filter.h"

enum { KEPT = 1 << 20, FIRST = 1 << 16, HELD_MOST = 1 << 18 };

struct filter {
    struct line_reader *reader;
    struct out *out;
    struct buf line;
    struct buf held; /* lines that wait for commit() */
    const struct filter_work *work;
    struct meter *meter;
};

struct filter *filter_new(const struct filter_options *options)
{
    struct filter *filter = calloc(1, sizeof *filter);
    if (filter == NULL)
        return NULL;
    filter->meter = options->meter;
    buf_init(&filter->line, filter_longest(options->max_record));
    buf_init(&filter->held, SIZE_MAX);
    start_reading();
    filter->reader = line_open(STDIN_FILENO, options->max_record, options->grace_ms);
    filter->out = out_open(STDOUT_FILENO);
    if (filter->reader == NULL || filter->out == NULL ||
        buf_reserve(&filter->line, FIRST) == NULL) {
        int error = errno;
        filter_free(filter);
        errno = error;
        return NULL;
    }
    if (options->keep_blanks)
        line_keep_blanks(filter->reader);
    out_set_grace(filter->out, options->grace_ms);
    return filter;
}

void filter_free(struct filter *filter)
{
    if (filter == NULL)
        return;
    line_close(filter->reader);
    out_free(filter->out);
    buf_wipe(&filter->line);
    buf_wipe(&filter->held);
    free(filter);
}

/* Commit, then write the held lines. */
static enum filter_end release(struct filter *filter)
{
    if (filter->work->commit == NULL || filter->held.length == 0)
        return FILTER_DONE;
    if (filter->work->commit(filter->work->state) != 0)
        return FILTER_COMMIT;
    int written = out_write(filter->out, filter->held.data, filter->held.length);
    buf_shrink(&filter->held, KEPT);
    return written == 0 ? FILTER_DONE : FILTER_WRITE;
}

/* Write the finished line, or hold it until commit(). */
static enum filter_end pass(struct filter *filter)
{
    const struct buf *line = &filter->line;
    if (filter->work->commit == NULL)
        return out_write(filter->out, line->data, line->length) == 0 ? FILTER_DONE : FILTER_WRITE;
    if (buf_append(&filter->held, line->data, line->length) != 0)
        return FILTER_INTERNAL;
    return filter->held.length >= HELD_MOST ? release(filter) : FILTER_DONE;
}

/* Read the next line; release held lines before waiting for one. */
static enum line_result next(struct filter *filter, struct line *line, enum filter_end *end)
{
    meter_update(filter->meter);
    enum line_result got = line_next(filter->reader, 0, line);
    if (got != LINE_AGAIN)
        return got;
    *end = release(filter);
    if (*end == FILTER_DONE && out_flush(filter->out) != 0)
        *end = FILTER_WRITE;
    while (*end == FILTER_DONE && got == LINE_AGAIN) {
        got = line_next(filter->reader, meter_timeout(filter->meter, -1), line);
        meter_update(filter->meter);
    }
    return got;
}

static void count(struct filter_counts *counts, enum filter_outcome outcome)
{
    counts->records++;
    counts->changed += outcome == FILTER_CHANGED;
    counts->opened += outcome == FILTER_OPENED;
    counts->passed += outcome == FILTER_PASSED;
    counts->errors += outcome == FILTER_ERROR;
}

static enum filter_end work_through(struct filter *filter, const struct filter_work *work,
    struct filter_counts *counts)
{
    for (;;) {
        struct line line;
        enum filter_end end = FILTER_DONE;
        enum line_result got = next(filter, &line, &end);
        if (end != FILTER_DONE)
            return end;
        if (got == LINE_END || got == LINE_STOPPED)
            return FILTER_DONE;
        if (got != LINE_OK && got != LINE_LONG)
            return errno == ENOMEM ? FILTER_INTERNAL : FILTER_READ;
        buf_shrink(&filter->line, KEPT);
        enum filter_outcome outcome = got == LINE_OK
            ? work->line(work->state, &line, &filter->line)
            : work->long_line(work->state, line.text, line.length, &filter->line);
        if (outcome == FILTER_FAILED)
            return FILTER_INTERNAL;
        count(counts, outcome);
        end = pass(filter);
        if (end != FILTER_DONE)
            return end;
    }
}

enum filter_end filter_run(struct filter *filter, const struct filter_work *work,
    struct filter_counts *counts)
{
    *counts = (struct filter_counts){ 0 };
    filter->work = work;
    enum filter_end end = work_through(filter, work, counts);
    int error = errno;
    /* Write finished lines even when the input failed. */
    if (end != FILTER_WRITE && end != FILTER_COMMIT) {
        enum filter_end released = release(filter);
        if (released != FILTER_DONE && end == FILTER_DONE) {
            end = released;
            error = errno;
        }
    }
    counts->skipped = line_skipped(filter->reader);
    if (end == FILTER_WRITE)
        return end;
    int closed = out_close(filter->out);
    filter->out = NULL;
    if (closed != 0 && end == FILTER_DONE)
        return FILTER_WRITE;
    if (end != FILTER_DONE)
        errno = error;
    return end;
}
