#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "aws/connect.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/start.h"
#include "base/status.h"
#include "base/stop.h"
#include "options.h"
#include "pull.h"
#include "visibility.h"

static int report(const struct pull_result *result, uint64_t requests, uint64_t began_ms)
{
    int status = STATUS_OK;
    if (result->no_memory) {
        msg_error("no memory");
        status = STATUS_INTERNAL;
    } else if (result->error.cause != AWS_OK) {
        status = connect_report(&result->error);
    } else if (result->output_error != 0) {
        msg_error("cannot write to standard output: %s", strerror(result->output_error));
        status = STATUS_IO;
    } else if (result->corrupt > 0) {
        status = STATUS_PARTIAL;
    }
    if (result->stranded > 0)
        msg_warn(
            "%llu messages could not be released; they come back after their visibility timeout",
            (unsigned long long)result->stranded);
    uint64_t took_ms = clock_monotonic_ms() - began_ms;
    msg_summary(status == STATUS_OK && result->released == 0 && result->stranded == 0,
        "received=%llu printed=%llu released=%llu corrupt=%llu requests=%llu seconds=%llu.%02llu",
        (unsigned long long)result->received, (unsigned long long)result->printed,
        (unsigned long long)result->released, (unsigned long long)result->corrupt,
        (unsigned long long)requests, (unsigned long long)(took_ms / 1000),
        (unsigned long long)(took_ms % 1000 / 10));
    return status;
}

static int run(struct settings *given)
{
    uint64_t began_ms = clock_monotonic_ms();
    struct connection connection;
    struct aws_error error = { .cause = AWS_OK };
    struct pull_result result = { .received = 0 };
    if (connect_open(&connection, &given->connect, given->pull.parallel, true, &error) != AWS_OK)
        return connect_report(&error);
    if (given->has_visibility ||
        visibility_of_queue(connection.sqs, &given->pull.visibility_timeout_s, &result.error) ==
            AWS_OK)
        pull_run(&connection, &given->pull, &result);
    if (result.output_error == 0 && close(STDOUT_FILENO) != 0)
        result.output_error = errno;
    int status = report(&result, sqs_requests(connection.sqs), began_ms);
    connect_close(&connection);
    return status;
}

int main(int argc, char **argv)
{
    struct settings settings;
    int status;
    if (start_program(argv[0]) != 0 || stop_install() != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    if (!options_parse(argc, argv, &settings, &status))
        return status;
    return run(&settings);
}
