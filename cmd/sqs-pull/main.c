#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "acked.h"
#include "base/clock.h"
#include "base/meter.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/start.h"
#include "base/status.h"
#include "base/stop.h"
#include "depth.h"
#include "figures.h"
#include "options.h"
#include "pull.h"
#include "redrive.h"
#include "sqs/connect.h"
#include "visibility.h"

static int report(const struct settings *given, const struct pull_result *result, uint64_t requests,
    uint64_t began_ms)
{
    int status = STATUS_OK;
    if (result->no_memory && result->error.cause == AWS_OK) {
        msg_error("out of memory");
        status = STATUS_INTERNAL;
    } else if (result->metrics_error != 0) {
        msg_error("cannot write %s: %s", given->pull.meter.metrics_file,
            meter_reason(result->metrics_error));
        status = STATUS_IO;
    } else if (result->error.cause != AWS_OK) {
        status = connect_report(&result->error);
    } else if (result->output_error != 0) {
        msg_error("cannot write to standard output: %s", out_reason(result->output_error));
        status = STATUS_IO;
    } else if (result->fifo_ended) {
        msg_error("the --acked FIFO ended before all messages were printed");
        status = STATUS_IO;
    } else if (result->corrupt > 0 || result->silent > 0 || result->expired > 0 ||
        (result->unreadable > 0 && !given->pull.follow)) {
        status = STATUS_PARTIAL;
    }
    if (result->unreadable > 0)
        msg_warn("%" PRIu64 " answers could not be read; their messages return after the "
                 "visibility timeout",
            result->unreadable);
    if (result->silent > 0)
        msg_warn("%" PRIu64 " messages got no verdict and are released", result->silent);
    if (result->unreleased > 0)
        msg_warn("%" PRIu64
                 " messages could not be released; they return after their visibility timeout",
            result->unreleased);
    char leases[96] = "";
    if (given->acked != NULL)
        (void)snprintf(leases, sizeof leases,
            "acked=%" PRIu64 " extended=%" PRIu64 " lapsed=%" PRIu64 " ", result->acked,
            result->extended, result->lapsed);
    char held[64] = "";
    if (result->held > 0)
        (void)snprintf(held, sizeof held, "held=%" PRIu64 " ", result->held);
    if (result->unreadable > 0)
        (void)snprintf(held + strlen(held), sizeof held - strlen(held), "unreadable=%" PRIu64 " ",
            result->unreadable);
    uint64_t took_ms = clock_monotonic_ms() - began_ms;
    msg_summary(status == STATUS_OK && result->released == 0 && result->unreleased == 0,
        "received=%" PRIu64 " printed=%" PRIu64 " released=%" PRIu64 " corrupt=%" PRIu64
        " %s%srequests=%" PRIu64 " seconds=%" PRIu64 ".%02" PRIu64,
        result->received, result->printed, result->released, result->corrupt, held, leases,
        requests, took_ms / 1000, took_ms % 1000 / 10);
    return status;
}

/* Find the visibility timeout: the option, or that of the queue. */
static bool find_visibility(struct settings *given, const struct connection *connection,
    struct aws_error *error)
{
    unsigned *seconds = &given->pull.visibility_timeout_s;
    if (!given->has_visibility && visibility_of_queue(connection->sqs, seconds, error) != AWS_OK)
        return false;
    if (given->acked == NULL || *seconds > 0)
        return true;
    error_set(error, AWS_SETTING, "set one with --visibility-timeout",
        "the visibility timeout of the queue is 0: messages cannot be extended");
    return false;
}

static void print_depth(const struct connection *connection, struct pull_result *result)
{
    if (depth_print(connection, &result->error) != 0 && result->error.cause == AWS_OK)
        result->output_error = errno;
}

/* Begin the metrics file, so that it shows a failed start, too. */
static bool begin_figures(const struct settings *given)
{
    char queue[QUEUE_PART_SIZE];
    if (given->print_redrive || given->print_depth || !connect_queue_name(&given->connect, queue) ||
        figures_begin(&given->pull.meter, queue) == 0)
        return true;
    msg_error("cannot write %s: %s", given->pull.meter.metrics_file, meter_reason(errno));
    return false;
}

static int run(struct settings *given)
{
    uint64_t began_ms = clock_monotonic_ms();
    struct connection connection;
    struct aws_error error = { .cause = AWS_OK };
    struct pull_result result = { .received = 0 };
    if (!begin_figures(given))
        return STATUS_IO;
    if (connect_open(&connection, &given->connect, pull_requests(&given->pull), true, &error) !=
        AWS_OK)
        return connect_report(&error);
    if (given->print_redrive)
        redrive_print(connection.sqs, &result);
    else if (given->print_depth)
        print_depth(&connection, &result);
    else if (find_visibility(given, &connection, &result.error))
        pull_run(&connection, &given->pull, &result);
    int status = report(given, &result, sqs_requests(connection.sqs), began_ms);
    connect_close(&connection);
    return status;
}

int main(int argc, char **argv)
{
    struct settings settings;
    if (start_program(argv[0]) != 0 || stop_install() != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = options_parse(&settings, argc, argv);
    if (status != OPT_RUN) {
        const char *fifo = options_fifo(argc, argv);
        if (fifo != NULL)
            acked_close(
                acked_open(fifo)); /* or a program that opens it for writing would wait forever */
        return status;
    }
    /* First of all, because a program that opens it for writing waits for us. */
    if (settings.acked != NULL && (settings.pull.acked = acked_open(settings.acked)) == NULL) {
        bool none = errno == EINVAL;
        msg_error("cannot read verdicts from the --acked FIFO: %s",
            none ? "it is not a FIFO" : strerror(errno));
        return none ? STATUS_USAGE : STATUS_IO;
    }
    status = run(&settings);
    acked_close(settings.pull.acked);
    return meter_exit(status);
}
