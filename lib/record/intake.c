#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/start.h"
#include "base/status.h"
#include "base/stop.h"
#include "record/intake.h"

static void read_meter(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    struct intake *intake = context;
    const struct intake_counts counts = intake->work.count(intake->work.context);
    (void)oldest_ms; /* nothing is held back */
    if (counts.records > intake->done_before)
        intake->last_success_ms = clock_realtime_ms();
    intake->done_before = counts.records;
    const uint64_t now[] = { counts.records, counts.malformed, counts.errors,
        intake->last_success_ms };
    _Static_assert(sizeof now / sizeof *now == INTAKE_METRICS, "a value for each");
    for (size_t i = 0; i < INTAKE_METRICS; i++)
        values[i] = now[i];
}

int intake_open(struct intake *intake, const struct stream_options *options,
    const struct intake_work *work)
{
    *intake = (struct intake){ .options = options, .work = *work };
    start_reading();
    intake->reader = line_open(STDIN_FILENO, options->max_record, options->grace_ms);
    intake->out = out_open(STDOUT_FILENO);
    if (intake->reader == NULL || intake->out == NULL || stop_install() != 0)
        return -1;
    out_set_grace(intake->out, options->grace_ms);
    const struct meter_config config = { .options = options->meter,
        .metrics = work->metrics,
        .count = INTAKE_METRICS,
        .noun = "records",
        .apart = work->apart,
        .read = read_meter,
        .context = intake };
    if (meter_open(&intake->meter, &config) == 0)
        return 0;
    msg_error("cannot write %s: %s", options->meter.metrics_file, meter_reason(errno));
    return STATUS_IO;
}

int intake_run(struct intake *intake, uint64_t most)
{
    const struct intake_work *work = &intake->work;
    struct line line;
    while (most == 0 || work->count(work->context).records < most) {
        meter_update(intake->meter);
        enum line_result got = line_next(intake->reader, meter_timeout(intake->meter, -1), &line);
        if (got == LINE_AGAIN)
            continue;
        if (got == LINE_END || got == LINE_STOPPED)
            break;
        if (got == LINE_ERROR) {
            msg_error("cannot read standard input: %s", strerror(errno));
            return errno == ENOMEM ? STATUS_INTERNAL : STATUS_IO;
        }
        if (work->take(work->context, got == LINE_OK ? line.text : NULL, line.length,
                line.number) != 0) {
            msg_error("out of memory");
            return STATUS_INTERNAL;
        }
    }
    return 0;
}

void intake_end_meter(struct intake *intake)
{
    meter_close(intake->meter);
    intake->meter = NULL;
}

void intake_close(struct intake *intake)
{
    intake_end_meter(intake);
    out_free(intake->out);
    line_close(intake->reader);
}
