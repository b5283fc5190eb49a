#include <string.h>

#include "base/opt.h"
#include "base/status.h"
#include "leases.h"
#include "options.h"

enum {
    OPT_FOLLOW = 1,
    OPT_NUMBER,
    OPT_JOBS,
    OPT_WAIT,
    OPT_EMPTY,
    OPT_VISIBILITY,
    OPT_IDLE,
    OPT_PACE,
    OPT_ATTRIBUTES,
    OPT_FIFO_IDS,
    OPT_ACKED,
    OPT_MAX_IN_FLIGHT,
    OPT_MAX_LEASE,
    OPT_GRACE,
    OPT_METRICS,
    OPT_PRINT_REDRIVE,
    OPT_PRINT_DEPTH,
    OPT_PROGRESS
};

enum {
    FOLLOW_WAIT_S = 20,
    DRAIN_WAIT_S = 2,
    FOLLOW_RETRY_MS = 300000,
    JOBS_MOST = 256,
    MAX_IN_FLIGHT = 20000,
    MAX_LEASE_MS = 3600000,
    GRACE_MS = 30000
};

static const struct opt table[] = {
    { OPT_FOLLOW, 'f', "follow", NULL, "wait for more messages when the queue is empty", NULL },
    { OPT_NUMBER, 'n', "number", "N", "stop after N messages", NULL },
    { OPT_JOBS, 'j', "jobs", "auto|N",
        "parallel receives; auto: as many as find messages, up to 64", "auto" },
    { OPT_WAIT, '\0', "wait", "SECONDS", "long-poll time, 0 to 20", "2, with -f 20" },
    { OPT_EMPTY, '\0', "empty", "N", "empty receives that count as drained", "2" },
    { OPT_VISIBILITY, '\0', "visibility-timeout", "TIME", "visibility timeout of received messages",
        "the queue's" },
    { OPT_IDLE, '\0', "idle-backoff", "MAX", "pause after each further empty receive, up to MAX",
        NULL },
    { OPT_PACE, '\0', "pace", "TIME", "pause after a receive that was not full", NULL },
    { OPT_ATTRIBUTES, '\0', "attributes", "NAMES|all",
        "print the message attributes with these names, or all", NULL },
    { OPT_FIFO_IDS, '\0', "fifo-ids", NULL, "print message group and deduplication ids", NULL },
    { OPT_ACKED, '\0', "acked", "FIFO",
        "extend messages until their verdict arrives from sqs-ack --print >FIFO", NULL },
    { OPT_MAX_IN_FLIGHT, '\0', "max-in-flight", "N",
        "with --acked, maximum of messages without a verdict", "20000" },
    { OPT_MAX_LEASE, '\0', "max-lease", "TIME", "with --acked, longest time to extend a message",
        "1h" },
    { OPT_GRACE, '\0', "grace", "TIME", "with --acked, time to wait for verdicts after SIGTERM",
        "30s" },
    { OPT_PRINT_REDRIVE, '\0', "print-redrive", NULL,
        "print the queue's redrive policy, if it has one, and receive nothing", NULL },
    { OPT_PRINT_DEPTH, '\0', "print-depth", NULL,
        "print the depth of the queue and of its dead-letter queue, and receive nothing", NULL },
    METER_METRICS_FILE(OPT_METRICS),
    METER_PROGRESS(OPT_PROGRESS),
    CONNECT_OPTIONS("30s, with -f 5m"),
};

static const struct opt_command command = {
    .synopsis = "[-fqv] [-Q URL|NAME] [-n N] [-j auto|N] [--acked FIFO] [option ...]",
    .summary =
        "Receive the messages of an SQS queue and print them as records, one JSON object a line.",
    .options = table,
    .count = sizeof table / sizeof *table,
};

/* Take an option that needs --acked. */
static int take_lease(struct pull_options *pull, int id, const char *value)
{
    uint64_t number = 0;
    switch (id) {
    case OPT_MAX_IN_FLIGHT:
        if (!opt_number(value, 1, LEASES_MOST, &number))
            return opt_usage("option --max-in-flight takes a number from 1 to %d", LEASES_MOST);
        pull->max_in_flight = (size_t)number;
        return 0;
    case OPT_MAX_LEASE:
        return opt_duration(value, 1000, LEASES_LONGEST_S * UINT64_C(1000), &pull->max_lease_ms)
            ? 0
            : opt_usage("option --max-lease takes a time from 1s to 12h");
    default:
        return opt_duration(value, 0, 86400000, &pull->grace_ms)
            ? 0
            : opt_usage("option --grace takes a time to 24h");
    }
}

static int take(void *context, int id, const char *value)
{
    struct settings *given = context;
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
        if (strcmp(value, "auto") != 0 && !opt_number(value, 1, JOBS_MOST, &number))
            return opt_usage("option -j takes auto or a number from 1 to %d", JOBS_MOST);
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
    case OPT_PACE:
        return opt_duration(value, 0, 3600000, &pull->pace_ms)
            ? 0
            : opt_usage("option --pace takes a time from 0 to 1h");
    case OPT_ATTRIBUTES:
        return attributes_parse(&pull->attributes, value)
            ? 0
            : opt_usage("option --attributes takes names separated by commas, or all");
    case OPT_FIFO_IDS:
        pull->fifo_ids = true;
        return 0;
    case OPT_PRINT_REDRIVE:
        given->print_redrive = true;
        return 0;
    case OPT_PRINT_DEPTH:
        given->print_depth = true;
        return 0;
    case OPT_ACKED:
        given->acked = value;
        return *value != '\0' ? 0 : opt_usage("option --acked takes the name of a FIFO");
    case OPT_MAX_IN_FLIGHT:
    case OPT_MAX_LEASE:
    case OPT_GRACE:
        given->has_leases = true;
        return take_lease(pull, id, value);
    case OPT_METRICS:
        return opt_file("metrics-file", value, &pull->meter.metrics_file);
    case OPT_PROGRESS:
        pull->meter.progress = true;
        return 0;
    case OPT_OPERAND:
        return opt_usage("no operand is taken: give the queue with --queue");
    default:
        return connect_option(&given->connect, id, value) ? 0 : STATUS_USAGE;
    }
}

/* Check options against each other. Return OPT_RUN, or the exit status when they conflict. */
static int complete(struct settings *given)
{
    if (given->pull.follow && given->has_empties)
        return opt_usage("options --follow and --empty exclude each other");
    if (given->print_redrive && given->acked != NULL)
        return opt_usage("options --print-redrive and --acked exclude each other");
    if (given->print_depth && (given->print_redrive || given->acked != NULL))
        return opt_usage("option --print-depth excludes --print-redrive and --acked");
    if (given->has_leases && given->acked == NULL)
        return opt_usage("options --max-in-flight, --max-lease and --grace need --acked");
    if (given->acked != NULL && given->has_visibility && given->pull.visibility_timeout_s == 0)
        return opt_usage("options --acked and --visibility-timeout 0 exclude each other");
    if (!given->has_wait)
        given->pull.wait_s = given->pull.follow ? FOLLOW_WAIT_S : DRAIN_WAIT_S;
    if (given->pull.follow && !given->connect.has_retry) {
        given->connect.has_retry = true;
        given->connect.retry_ms = FOLLOW_RETRY_MS;
    }
    given->connect.absence = given->pull.follow ? CONNECT_DOUBT : CONNECT_BELIEVE;
    given->pull.retry_ms = given->connect.has_retry ? given->connect.retry_ms : CONNECT_RETRY_MS;
    return OPT_RUN;
}

int options_parse(struct settings *settings, int argc, char **argv)
{
    *settings = (struct settings){ .pull = { .empties = 2,
                                       .max_in_flight = MAX_IN_FLIGHT,
                                       .max_lease_ms = MAX_LEASE_MS,
                                       .grace_ms = GRACE_MS } };
    int status = opt_each(&command, argc, argv, take, settings);
    return status == OPT_RUN ? complete(settings) : status;
}

const char *options_fifo(int argc, char **argv)
{
    static const char name[] = "--acked";
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], name, sizeof name - 1) != 0)
            continue;
        if (argv[i][sizeof name - 1] == '=')
            return argv[i] + sizeof name;
        if (argv[i][sizeof name - 1] == '\0' && i + 1 < argc)
            return argv[i + 1];
    }
    return NULL;
}
