#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "ack.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "base/stop.h"
#include "pending.h"
#include "record/record.h"
#include "report.h"

enum {
    OPT_PRINT = 1,
    OPT_RELEASE,
    OPT_NEED,
    OPT_LINGER,
    OPT_JOBS,
    OPT_MAX_RECORD,
    OPT_GRACE,
    OPT_METRICS,
    OPT_PROGRESS
};

static const struct opt options[] = {
    { OPT_PRINT, '\0', "print", NULL, "print each verdict once settled, \"ack\" added", false },
    { OPT_RELEASE, '\0', "release", NULL, "make messages visible again instead of deleting them",
        false },
    { OPT_NEED, '\0', "need", "N", "delete after N verdicts on a record (default: 1)", false },
    { OPT_LINGER, '\0', "linger", "TIME", "how long a verdict waits for company (default: 100ms)",
        false },
    { OPT_JOBS, 'j', "jobs", "N", "requests at once (default: 4)", false },
    { OPT_MAX_RECORD, '\0', "max-record", "SIZE", "longest line, up to 64M (default: 4M)", false },
    { OPT_GRACE, '\0', "grace", "TIME", "drain a pipe so long after SIGTERM (default: 30s)",
        false },
    METER_METRICS_FILE(OPT_METRICS),
    METER_PROGRESS(OPT_PROGRESS),
    CONNECT_OPTIONS("30s"),
};

static const struct opt_command command = {
    .synopsis = "[-qv] [-Q URL|NAME] [--need N] [--print] [--release] [option ...]",
    .summary = "Delete from an SQS queue the messages that verdicts on standard input cover.",
    .options = options,
    .count = sizeof options / sizeof *options,
};

struct given {
    struct ack_options ack;
    struct connect_options connect;
};

/* 0, or the exit status. */
static int take(struct given *given, int id, const char *value)
{
    struct ack_options *ack = &given->ack;
    uint64_t number = 0;
    switch (id) {
    case OPT_PRINT:
        ack->print = true;
        return 0;
    case OPT_RELEASE:
        ack->release = true;
        return 0;
    case OPT_NEED:
        if (!opt_number(value, 1, PENDING_NEED_MOST, &number))
            return opt_usage("option --need takes a number from 1 to 100");
        ack->need = (unsigned)number;
        return 0;
    case OPT_LINGER:
        return opt_duration(value, 0, 60000, &ack->linger_ms)
            ? 0
            : opt_usage("option --linger takes a time to 1m");
    case OPT_JOBS:
        if (!opt_number(value, 1, 64, &number))
            return opt_usage("option -j takes a number from 1 to 64");
        ack->parallel = (unsigned)number;
        return 0;
    case OPT_MAX_RECORD:
        if (!opt_size(value, 1, RECORD_MAX, &number))
            return opt_usage("option --max-record takes a size to 64M");
        ack->max_record = (size_t)number;
        return 0;
    case OPT_GRACE:
        return opt_duration(value, 0, 86400000, &ack->grace_ms)
            ? 0
            : opt_usage("option --grace takes a time to 24h");
    case OPT_METRICS:
        return opt_file("metrics-file", value, &ack->meter.metrics_file);
    case OPT_PROGRESS:
        ack->meter.progress = true;
        return 0;
    case OPT_OPERAND:
        return opt_no_operand("verdicts");
    default:
        return connect_option(&given->connect, id, value) ? 0 : STATUS_USAGE;
    }
}

static int run(const struct given *given)
{
    uint64_t began_ms = clock_monotonic_ms();
    struct connection connection;
    struct aws_error error = { .cause = AWS_OK };
    struct ack_result result;
    if (connect_open(&connection, &given->connect, given->ack.parallel, false, &error) != AWS_OK)
        return connect_report(&error);
    ack_run(&connection, &given->ack, &result);
    if (result.loop.output_error == 0 && close(STDOUT_FILENO) != 0)
        result.loop.output_error = errno;
    int status = report_run(&given->ack, &result, sqs_requests(connection.sqs), began_ms);
    connect_close(&connection);
    return status;
}

int main(int argc, char **argv)
{
    struct given given = { .ack = { .parallel = 4,
                               .need = 1,
                               .linger_ms = 100,
                               .grace_ms = 30000,
                               .max_record = RECORD_DEFAULT_MAX } };
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
    given.ack.retry_ms = given.connect.has_retry ? given.connect.retry_ms : CONNECT_RETRY_MS;
    return run(&given);
}
