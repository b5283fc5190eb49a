#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/line.h"
#include "base/msg.h"
#include "base/out.h"
#include "base/start.h"
#include "base/status.h"
#include "confine/confinement.h"
#include "stream.h"

/* Report what ended the run. Return the exit status. */
static int report_failure(enum stream_end end)
{
    switch (end) {
    case STREAM_DONE:
        return STATUS_OK;
    case STREAM_READ:
        msg_error("cannot read standard input: %s", strerror(errno));
        return STATUS_IO;
    case STREAM_WRITE:
        msg_error("cannot write to standard output: %s",
            errno == ETIMEDOUT ? "the reader stalled for longer than --grace" : out_reason(errno));
        return STATUS_IO;
    case STREAM_NO_MEMORY:
        break;
    }
    msg_error("out of memory");
    return STATUS_INTERNAL;
}

/* Write " sns=3 gzip=1": the kinds that occurred. */
static void list_kinds(const struct unwrap_counts *counts, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (enum kind kind = KIND_SNS; kind < KIND_COUNT && length < size; kind++)
        if (counts->kinds[kind] > 0)
            length += (size_t)snprintf(text + length, size - length, " %s=%" PRIu64,
                kind_name(kind), counts->kinds[kind]);
}

static void summarise(const struct stream_report *report, double seconds, int status)
{
    const struct unwrap_counts *counts = &report->counts;
    char kinds[KIND_COUNT * 40];
    char skipped[LINE_SKIPPED_SIZE];
    list_kinds(counts, kinds, sizeof kinds);
    msg_summary(status == STATUS_OK && counts->errors == 0,
        "records=%" PRIu64 " unwrapped=%" PRIu64 " left=%" PRIu64 " passed=%" PRIu64
        " errors=%" PRIu64 " split=%" PRIu64 " parts=%" PRIu64 "%s seconds=%.2f%s",
        counts->records, counts->unwrapped, counts->left, counts->passed, counts->errors,
        counts->split, counts->parts, kinds, seconds, line_skipped_text(report->skipped, skipped));
}

/* Confine the process and handle all lines. Return the exit status. */
static int work(struct stream *stream, const struct options *options)
{
    uint64_t begin = clock_monotonic_ms();
    struct stream_report report;
    struct failure failure;
    if (confinement_enter(options->stream.require_sandbox, -1, &failure) != 0)
        return failure_report(&failure);
    int status = report_failure(stream_run(stream, &report));
    summarise(&report, (double)(clock_monotonic_ms() - begin) / 1000, status);
    return status;
}

int main(int argc, char **argv)
{
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    struct options options;
    int status = options_parse(&options, argc, argv);
    if (status != OPT_RUN)
        return status;
    enum stream_failure failure;
    struct stream *stream = stream_open(&options, &failure);
    if (stream == NULL && failure == STREAM_METRICS) {
        msg_error("cannot write %s: %s", options.stream.meter.metrics_file, meter_reason(errno));
        return STATUS_IO;
    }
    if (stream == NULL) {
        msg_error("cannot set up: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    status = work(stream, &options);
    stream_close(stream);
    return meter_exit(status);
}
