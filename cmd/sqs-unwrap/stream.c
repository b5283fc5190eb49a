#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/line.h"
#include "base/meter.h"
#include "base/out.h"
#include "base/start.h"
#include "base/stop.h"
#include "figures.h"
#include "stream.h"

struct stream {
    struct line_reader *reader;
    struct out *out;
    struct unwrap *unwrap;
    struct meter *meter;
    struct figures figures;
    struct stream_report report;
};

/* Read the next line; flush the output before waiting for it. */
static enum line_result next(struct stream *stream, struct line *line, bool *flushed)
{
    meter_update(stream->meter);
    enum line_result got = line_next(stream->reader, 0, line);
    if (got != LINE_AGAIN)
        return got;
    *flushed = out_flush(stream->out) == 0;
    while (*flushed && got == LINE_AGAIN) {
        got = line_next(stream->reader, meter_timeout(stream->meter, -1), line);
        meter_update(stream->meter);
    }
    return got;
}

static enum stream_end work_through(struct stream *stream)
{
    for (;;) {
        struct line line;
        bool flushed = true;
        enum line_result got = next(stream, &line, &flushed);
        if (!flushed)
            return STREAM_WRITE;
        if (got == LINE_END || got == LINE_STOPPED)
            return STREAM_DONE;
        if (got != LINE_OK && got != LINE_LONG)
            return errno == ENOMEM ? STREAM_NO_MEMORY : STREAM_READ;
        struct unwrap_counts *counts = &stream->report.counts;
        enum unwrap_result result = got == LINE_OK
            ? unwrap_line(stream->unwrap, &line, stream->out, counts)
            : unwrap_long_line(stream->unwrap, &line, stream->out, counts);
        if (result != UNWRAP_OK)
            return result == UNWRAP_WRITE ? STREAM_WRITE : STREAM_NO_MEMORY;
    }
}

static int set_up(struct stream *stream, const struct options *options,
    enum stream_failure *failure)
{
    const struct unwrap_options limits = { .events = { .kinds = options->kinds,
                                               .json = options->json,
                                               .each = options->each,
                                               .lines = options->lines,
                                               .maximum = options->stream.max_record },
        .maximum = options->stream.max_record,
        .parts = options->max_parts };
    stream->figures.counts = &stream->report.counts;
    start_reading();
    stream->reader = line_open(STDIN_FILENO, options->stream.max_record, options->stream.grace_ms);
    stream->out = out_open(STDOUT_FILENO);
    stream->unwrap = unwrap_new(&limits);
    if (stream->reader == NULL || stream->out == NULL || stream->unwrap == NULL)
        return -1;
    if (figures_open(&stream->figures, &options->stream.meter, &stream->meter) != 0) {
        *failure = STREAM_METRICS;
        return -1;
    }
    out_set_grace(stream->out, options->stream.grace_ms);
    return stop_install();
}

struct stream *stream_open(const struct options *options, enum stream_failure *failure)
{
    *failure = STREAM_SET_UP;
    struct stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL || set_up(stream, options, failure) == 0)
        return stream;
    int error = errno;
    stream_close(stream);
    errno = error;
    return NULL;
}

void stream_close(struct stream *stream)
{
    if (stream == NULL)
        return;
    meter_close(stream->meter);
    unwrap_free(stream->unwrap);
    out_free(stream->out);
    line_close(stream->reader);
    free(stream);
}

enum stream_end stream_run(struct stream *stream, struct stream_report *report)
{
    enum stream_end end = work_through(stream);
    int error = errno;
    stream->report.skipped = line_skipped(stream->reader);
    if (end == STREAM_DONE)
        stream->figures.last_success_ms = clock_realtime_ms();
    meter_close(stream->meter);
    stream->meter = NULL;
    errno = error;
    if (end != STREAM_WRITE) {
        /* Flush the finished records even when the input failed. */
        int closed = out_close(stream->out);
        stream->out = NULL;
        if (closed != 0 && end == STREAM_DONE)
            end = STREAM_WRITE;
        else
            errno = error;
    }
    *report = stream->report;
    return end;
}
