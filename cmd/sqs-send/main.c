#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "base/stop.h"
#include "record/record.h"
#include "send.h"

enum {
    OPT_VERDICTS = 1,
    OPT_GROUP,
    OPT_NEW_IDS,
    OPT_JOBS,
    OPT_MAX_RECORD,
    OPT_GRACE,
    OPT_PROGRESS
};

enum { GROUP_MAXIMUM = 128 }; /* characters of a group id, by the rules of SQS */

static const struct opt options[] = {
    { OPT_VERDICTS, '\0', "verdicts", NULL, "print a verdict for each message sent", false },
    { OPT_GROUP, '\0', "group-id", "ID", "message group of records that name none", false },
    { OPT_NEW_IDS, '\0', "new-deduplication-ids", NULL, "not those that the records bring", false },
    { OPT_JOBS, 'j', "jobs", "N", "requests at once (default: 4)", false },
    { OPT_MAX_RECORD, '\0', "max-record", "SIZE", "longest line, up to 64M (default: 4M)", false },
    { OPT_GRACE, '\0', "grace", "TIME", "drain a pipe so long after SIGTERM (default: 30s)",
        false },
    METER_PROGRESS(OPT_PROGRESS),
    CONNECT_OPTIONS("30s"),
};

static const struct opt_command command = {
    .synopsis = "[-qv] [-Q URL|NAME] [-j N] [--verdicts] [option ...]",
    .summary = "Send the records on standard input to an SQS queue.",
    .options = options,
    .count = sizeof options / sizeof *options,
};

struct given {
    struct send_options send;
    struct connect_options connect;
};

static bool group_is_right(const char *id)
{
    size_t length = strlen(id), right = 0;
    while (id[right] > ' ' && id[right] <= '~')
        right++;
    return length > 0 && right == length && length <= GROUP_MAXIMUM;
}

/* 0, or the exit status. */
static int take(struct given *given, int id, const char *value)
{
    struct send_options *send = &given->send;
    uint64_t number = 0;
    switch (id) {
    case OPT_VERDICTS:
        send->verdicts = true;
        return 0;
    case OPT_GROUP:
        send->group_id = value;
        return group_is_right(value)
            ? 0
            : opt_usage("option --group-id takes 1 to 128 letters, digits and punctuation marks");
    case OPT_NEW_IDS:
        send->new_ids = true;
        return 0;
    case OPT_PROGRESS:
        send->progress = true;
        return 0;
    case OPT_JOBS:
        if (!opt_number(value, 1, 64, &number))
            return opt_usage("option -j takes a number from 1 to 64");
        send->parallel = (unsigned)number;
        return 0;
    case OPT_MAX_RECORD:
        if (!opt_size(value, 1, RECORD_MAX, &number))
            return opt_usage("option --max-record takes a size to 64M");
        send->max_record = (size_t)number;
        return 0;
    case OPT_GRACE:
        return opt_duration(value, 0, 86400000, &send->grace_ms)
            ? 0
            : opt_usage("option --grace takes a time to 24h");
    case OPT_OPERAND:
        return opt_no_operand("records");
    default:
        return connect_option(&given->connect, id, value) ? 0 : STATUS_USAGE;
    }
}

static int report(const struct send_result *result, uint64_t requests, uint64_t began_ms)
{
    int status = STATUS_OK;
    if (result->no_memory || result->loop.input_error == ENOMEM) {
        msg_error("no memory");
        status = STATUS_INTERNAL;
    } else if (result->loop.error.cause != AWS_OK) {
        status = connect_report(&result->loop.error);
    } else if (result->loop.input_error != 0) {
        msg_error("cannot read standard input: %s", strerror(result->loop.input_error));
        status = STATUS_IO;
    } else if (result->loop.output_error != 0) {
        msg_error("cannot write to standard output: %s", strerror(result->loop.output_error));
        status = STATUS_IO;
    } else if (result->failed > 0) {
        msg_error("%llu messages could not be sent in time", (unsigned long long)result->failed);
        status = STATUS_TEMPORARY;
    } else if (result->rejected > 0) {
        status = STATUS_PARTIAL;
    }
    uint64_t took_ms = clock_monotonic_ms() - began_ms;
    char skipped[LINE_SKIPPED_SIZE];
    msg_summary(status == STATUS_OK,
        "sent=%llu rejected=%llu failed=%llu requests=%llu seconds=%llu.%02llu%s",
        (unsigned long long)result->sent, (unsigned long long)result->rejected,
        (unsigned long long)result->failed, (unsigned long long)requests,
        (unsigned long long)(took_ms / 1000), (unsigned long long)(took_ms % 1000 / 10),
        line_skipped_text(result->loop.skipped, skipped));
    return status;
}

static int run(const struct given *given)
{
    uint64_t began_ms = clock_monotonic_ms();
    struct connection connection;
    struct aws_error error = { .cause = AWS_OK };
    struct send_result result;
    if (connect_open(&connection, &given->connect, given->send.parallel, false, &error) != AWS_OK)
        return connect_report(&error);
    send_run(&connection, &given->send, &result);
    if (result.loop.output_error == 0 && close(STDOUT_FILENO) != 0)
        result.loop.output_error = errno;
    int status = report(&result, sqs_requests(connection.sqs), began_ms);
    connect_close(&connection);
    return status;
}

int main(int argc, char **argv)
{
    struct given given = {
        .send = { .parallel = 4, .grace_ms = 30000, .max_record = RECORD_DEFAULT_MAX }
    };
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
    given.send.retry_ms = given.connect.has_retry ? given.connect.retry_ms : CONNECT_RETRY_MS;
    return run(&given);
}
