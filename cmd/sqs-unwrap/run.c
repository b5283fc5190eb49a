#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/line.h"
#include "base/meter.h"
#include "base/out.h"
#include "base/stop.h"
#include "confine/confine.h"
#include "figures.h"

struct run {
    struct line_reader *reader;
    struct out *out;
    struct message *message;
    struct meter *meter;
    struct figures figures;
    struct run_report report;
};

/* The next line; while there is none, nothing is held back. */
static enum line_result next(struct run *run, struct line *line, bool *flushed)
{
    meter_turn(run->meter);
    enum line_result got = line_next(run->reader, 0, line);
    if (got != LINE_AGAIN)
        return got;
    *flushed = out_flush(run->out) == 0;
    while (*flushed && got == LINE_AGAIN) {
        got = line_next(run->reader, meter_timeout(run->meter, -1), line);
        meter_turn(run->meter);
    }
    return got;
}

static enum run_end work_through(struct run *run)
{
    for (;;) {
        struct line line;
        bool flushed = true;
        enum line_result got = next(run, &line, &flushed);
        if (!flushed)
            return RUN_WRITE;
        if (got == LINE_END || got == LINE_STOPPED)
            return RUN_DONE;
        if (got != LINE_OK && got != LINE_LONG)
            return errno == ENOMEM ? RUN_NO_MEMORY : RUN_READ;
        struct message_counts *counts = &run->report.counts;
        enum message_result result = got == LINE_OK
            ? message_line(run->message, &line, run->out, counts)
            : message_long_line(run->message, &line, run->out, counts);
        if (result != MESSAGE_OK)
            return result == MESSAGE_WRITE ? RUN_WRITE : RUN_NO_MEMORY;
    }
}

static int set_up(struct run *run, const struct options *options, enum run_failure *failure)
{
    const struct message_options message = { .events = { .kinds = options->kinds,
                                                 .json = options->json,
                                                 .each = options->each,
                                                 .lines = options->lines,
                                                 .maximum = options->max_record },
        .maximum = options->max_record,
        .parts = options->max_parts };
    run->figures.counts = &run->report.counts;
    run->reader = line_open(STDIN_FILENO, options->max_record, options->grace_ms);
    run->out = out_open(STDOUT_FILENO);
    run->message = message_new(&message);
    if (run->reader == NULL || run->out == NULL || run->message == NULL)
        return -1;
    if (figures_open(&run->figures, &options->meter, &run->meter) != 0) {
        *failure = RUN_METRICS;
        return -1;
    }
    out_set_grace(run->out, options->grace_ms);
    return stop_install();
}

struct run *run_open(const struct options *options, enum run_failure *failure)
{
    *failure = RUN_SET_UP;
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL || set_up(run, options, failure) == 0)
        return run;
    int error = errno;
    run_close(run);
    errno = error;
    return NULL;
}

void run_close(struct run *run)
{
    if (run == NULL)
        return;
    meter_close(run->meter);
    message_free(run->message);
    out_free(run->out);
    line_close(run->reader);
    free(run);
}

int run_confine(void)
{
    int keep[STOP_DESCRIPTORS + 1];
    stop_descriptors(keep);
    keep[STOP_DESCRIPTORS] = meter_descriptor();
    const struct confine_needs needs = { .keep = keep, .keep_count = STOP_DESCRIPTORS + 1 };
    switch (confine_enter(&needs)) {
    case CONFINE_ENTERED:
        return 0;
    case CONFINE_UNSUPPORTED:
        return 1;
    case CONFINE_FAILED:
        break;
    }
    return -1;
}

enum run_end run_filter(struct run *run, struct run_report *report)
{
    enum run_end end = work_through(run);
    int error = errno;
    run->report.skipped = line_skipped(run->reader);
    if (end == RUN_DONE)
        run->figures.last_success_ms = clock_realtime_ms();
    meter_close(run->meter);
    run->meter = NULL;
    errno = error;
    if (end != RUN_WRITE) {
        /* What is done goes out even when the input failed. */
        int closed = out_close(run->out);
        run->out = NULL;
        if (closed != 0 && end == RUN_DONE)
            end = RUN_WRITE;
        else
            errno = error;
    }
    *report = run->report;
    return end;
}
