#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/meter.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "base/stop.h"
#include "options.h"
#include "send.h"
#include "sqs/connect.h"

static int report(const struct send_options *options, const struct send_result *result,
    uint64_t requests, uint64_t began_ms)
{
    int status = STATUS_IO;
    if (result->metrics_error != 0 && !result->no_memory)
        msg_error("cannot write %s: %s", options->meter.metrics_file,
            meter_reason(result->metrics_error));
    else
        status = batch_loop_report(&result->loop, result->no_memory);
    if (status == STATUS_OK && result->failed > 0) {
        msg_error("%" PRIu64 " messages could not be sent in time", result->failed);
        status = STATUS_TEMPORARY;
    } else if (status == STATUS_OK && result->rejected > 0) {
        status = STATUS_PARTIAL;
    }
    uint64_t took_ms = clock_monotonic_ms() - began_ms;
    char skipped[LINE_SKIPPED_SIZE];
    msg_summary(status == STATUS_OK,
        "sent=%" PRIu64 " rejected=%" PRIu64 " failed=%" PRIu64 " requests=%" PRIu64
        " seconds=%" PRIu64 ".%02" PRIu64 "%s",
        result->sent, result->rejected, result->failed, requests, took_ms / 1000,
        took_ms % 1000 / 10, line_skipped_text(result->loop.skipped, skipped));
    return status;
}

static int run(const struct send_options *options)
{
    uint64_t began_ms = clock_monotonic_ms();
    char queue[QUEUE_PART_SIZE];
    struct connection connection;
    struct aws_error error = { .cause = AWS_OK };
    struct send_result result;
    if (connect_queue_name(&options->batch.connect, queue) && send_begin(options, queue) != 0) {
        msg_error("cannot write %s: %s", options->meter.metrics_file, meter_reason(errno));
        return STATUS_IO;
    }
    if (connect_open(&connection, &options->batch.connect, options->batch.parallel, false,
            &error) != AWS_OK)
        return connect_report(&error);
    send_run(&connection, options, &result);
    if (result.loop.output_error == 0 && close(STDOUT_FILENO) != 0)
        result.loop.output_error = errno;
    int status = report(options, &result, sqs_requests(connection.sqs), began_ms);
    connect_close(&connection);
    return status;
}

int main(int argc, char **argv)
{
    struct send_options options;
    if (start_program(argv[0]) != 0 || stop_install() != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = options_parse(&options, argc, argv);
    return status == OPT_RUN ? meter_exit(run(&options)) : status;
}
