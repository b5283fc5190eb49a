#include <stdio.h>

#include "base/clock.h"
#include "base/line.h"
#include "base/msg.h"
#include "base/status.h"
#include "summary.h"

int summary_report(const struct ack_options *options, const struct ack_result *result,
    uint64_t requests, uint64_t began_ms)
{
    int status;
    if (result->metrics_error != 0 && !result->no_memory) {
        msg_error("cannot write %s: %s", options->meter.metrics_file,
            meter_reason(result->metrics_error));
        status = STATUS_IO;
    } else {
        status = batch_loop_report(&result->loop, result->no_memory);
    }
    if (status == STATUS_OK &&
        (result->refused > 0 || result->failed > 0 || result->rejected > 0 ||
            result->incomplete > 0))
        status = STATUS_PARTIAL;
    if (result->incomplete > 0)
        msg_warn("%llu deliveries were not deleted, as not all verdicts on them came",
            (unsigned long long)result->incomplete);
    char incomplete[40] = "";
    if (result->incomplete > 0)
        (void)snprintf(incomplete, sizeof incomplete, " incomplete=%llu",
            (unsigned long long)result->incomplete);
    uint64_t took_ms = clock_monotonic_ms() - began_ms;
    char skipped[LINE_SKIPPED_SIZE];
    msg_summary(status == STATUS_OK && result->lost == 0 && result->unaddressed == 0,
        "%s=%llu lost=%llu failed=%llu repeated=%llu rejected=%llu refused=%llu unaddressed=%llu requests=%llu "
        "seconds=%llu.%02llu%s%s",
        options->release ? "released" : "deleted", (unsigned long long)result->done,
        (unsigned long long)result->lost, (unsigned long long)result->failed,
        (unsigned long long)result->repeated, (unsigned long long)result->rejected,
        (unsigned long long)result->refused, (unsigned long long)result->unaddressed,
        (unsigned long long)requests, (unsigned long long)(took_ms / 1000),
        (unsigned long long)(took_ms % 1000 / 10), line_skipped_text(result->loop.skipped, skipped),
        incomplete);
    return status;
}
