#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "aws/connect.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "base/stop.h"
#include "pull.h"
#include "visibility.h"

enum { OPT_FOLLOW = 1, OPT_NUMBER, OPT_JOBS, OPT_WAIT, OPT_EMPTY, OPT_VISIBILITY, OPT_IDLE };

enum { FOLLOW_WAIT_S = 20, DRAIN_WAIT_S = 2, FOLLOW_RETRY_MS = 300000 };

static const struct opt options[] = {
    { OPT_FOLLOW, 'f', "follow", NULL, "stay and wait for more messages", false },
    { OPT_NUMBER, 'n', "number", "N", "stop after N messages", false },
    { OPT_JOBS, 'j', "jobs", "N", "receive requests at once (default: 4)", false },
    { OPT_WAIT, '\0', "wait", "SECONDS", "long-poll time, 0 to 20 (default: 2, with -f 20)",
        false },
    { OPT_EMPTY, '\0', "empty", "N", "empty receives that count as drained (default: 2)", false },
    { OPT_VISIBILITY, '\0', "visibility-timeout", "TIME",
        "hide messages so long (default: the queue's)", false },
    { OPT_IDLE, '\0', "idle-backoff", "MAX", "pause after each further empty receive, up to MAX",
        false },
    CONNECT_OPTIONS,
};

static const struct opt_command command = {
    .synopsis = "[-fqv] [-Q URL|NAME] [-n N] [-j N] [option ...]",
    .summary =
        "Receive the messages of an SQS queue and print them as records, one JSON object a line.",
    .options = options,
    .count = sizeof options / sizeof *options,
};

struct given {
    struct pull_options pull;
    struct connect_options connect;
    bool has_wait;
    bool has_empties;
    bool has_visibility;
};

/* 0, or the exit status. */
static int take(struct given *given, int id, const char *value)
{
    struct pull_options *pull = &given->pull;
    uint64_t number = 0;
    switch (id) {
    case OPT_FOLLOW:
        pull->follow = true;
        return 0;
    case OPT_NUMBER:
        return opt_number(value, 1, UINT64_MAX, &pull->number)
            ? 0
            : opt_usage("option -n takes a number from 1");
    case OPT_JOBS:
        if (!opt_number(value, 1, 64, &number))
            return opt_usage("option -j takes a number from 1 to 64");
        pull->parallel = (unsigned)number;
        return 0;
    case OPT_WAIT:
        if (!opt_duration(value, 0, 20000, &number) || number % 1000 != 0)
            return opt_usage("option --wait takes whole seconds from 0 to 20");
        pull->wait_s = (unsigned)(number / 1000);
        given->has_wait = true;
        return 0;
    case OPT_EMPTY:
        if (!opt_number(value, 1, 1000, &number))
            return opt_usage("option --empty takes a number from 1 to 1000");
        pull->empties = (unsigned)number;
        given->has_empties = true;
        return 0;
    case OPT_VISIBILITY:
        if (!opt_duration(value, 0, 43200000, &number) || number % 1000 != 0)
            return opt_usage("option --visibility-timeout takes whole seconds from 0 to 12h");
        pull->visibility_timeout_s = (unsigned)(number / 1000);
        given->has_visibility = true;
        return 0;
    case OPT_IDLE:
        return opt_duration(value, 0, 3600000, &pull->idle_backoff_ms)
            ? 0
            : opt_usage("option --idle-backoff takes a time from 0 to 1h");
    case OPT_OPERAND:
        return opt_usage("no operand is taken: give the queue with --queue");
    default:
        return connect_option(&given->connect, id, value) ? 0 : STATUS_USAGE;
    }
}

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

static int run(struct given *given)
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
    struct given given = { .pull = { .parallel = 4, .empties = 2 } };
    struct opt_parser parser;
    const char *value;
    int id, status = 0;
    if (start_program(argv[0]) != 0 || stop_install() != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    opt_start(&parser, &command, argc, argv);
    while (status == 0 && (id = opt_next(&parser, &value)) != OPT_END)
        status = id == OPT_EXIT ? -1 : take(&given, id, value);
    if (status != 0)
        return status == -1 ? parser.exit_status : status;
    if (given.pull.follow && given.has_empties)
        return opt_usage("options --follow and --empty exclude each other");
    if (!given.has_wait)
        given.pull.wait_s = given.pull.follow ? FOLLOW_WAIT_S : DRAIN_WAIT_S;
    if (given.pull.follow && !given.connect.has_retry) {
        given.connect.has_retry = true;
        given.connect.retry_ms = FOLLOW_RETRY_MS;
    }
    given.pull.retry_ms = given.connect.has_retry ? given.connect.retry_ms : CONNECT_RETRY_MS;
    return run(&given);
}
