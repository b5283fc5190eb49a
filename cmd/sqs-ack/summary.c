#include <inttypes.h>
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
        msg_warn("%" PRIu64
                 " deliveries were not deleted because some of their verdicts are missing",
            result->incomplete);
    char incomplete[40] = "";
    if (result->incomplete > 0)
        (void)snprintf(incomplete, sizeof incomplete, " incomplete=%" PRIu64, result->incomplete);
    uint64_t took_ms = clock_monotonic_ms() - began_ms;
    char skipped[LINE_SKIPPED_SIZE];
    msg_summary(status == STATUS_OK && result->lost == 0 && result->unaddressed == 0,
        "%s=%" PRIu64 " lost=%" PRIu64 " failed=%" PRIu64 " repeated=%" PRIu64 " rejected=%" PRIu64
        " refused=%" PRIu64 " unaddressed=%" PRIu64 " requests=%" PRIu64 " "
        "seconds=%" PRIu64 ".%02" PRIu64 "%s%s",
        options->release ? "released" : "deleted", result->done, result->lost, result->failed,
        result->repeated, result->rejected, result->refused, result->unaddressed, requests,
        took_ms / 1000, took_ms % 1000 / 10, line_skipped_text(result->loop.skipped, skipped),
        incomplete);
    return status;
}
