#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "ack.h"
#include "base/clock.h"
#include "base/meter.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "base/stop.h"
#include "figures.h"
#include "options.h"
#include "sqs/connect.h"
#include "summary.h"

static int run(const struct ack_options *options)
{
    uint64_t began_ms = clock_monotonic_ms();
    char queue[QUEUE_PART_SIZE];
    struct connection connection;
    struct aws_error error = { .cause = AWS_OK };
    struct ack_result result;
    if (connect_queue_name(&options->batch.connect, queue) &&
        figures_begin(&options->meter, queue) != 0) {
        msg_error("cannot write %s: %s", options->meter.metrics_file, meter_reason(errno));
        return STATUS_IO;
    }
    if (connect_open(&connection, &options->batch.connect, options->batch.parallel, false,
            &error) != AWS_OK)
        return connect_report(&error);
    ack_run(&connection, options, &result);
    if (result.loop.output_error == 0 && close(STDOUT_FILENO) != 0)
        result.loop.output_error = errno;
    int status = summary_report(options, &result, sqs_requests(connection.sqs), began_ms);
    connect_close(&connection);
    return status;
}

int main(int argc, char **argv)
{
    struct ack_options options;
    if (start_program(argv[0]) != 0 || stop_install() != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = options_parse(&options, argc, argv);
    return status == OPT_RUN ? meter_exit(run(&options)) : status;
}
