#include <string.h>

#include "base/opt.h"
#include "base/status.h"
#include "options.h"

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

/* 0, or the exit status. */
static int take(struct settings *given, int id, const char *value)
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

/* What depends on several options. False: they do not go together; *status is set. */
static bool complete(struct settings *given, int *status)
{
    if (given->pull.follow && given->has_empties) {
        *status = opt_usage("options --follow and --empty exclude each other");
        return false;
    }
    if (!given->has_wait)
        given->pull.wait_s = given->pull.follow ? FOLLOW_WAIT_S : DRAIN_WAIT_S;
    if (given->pull.follow && !given->connect.has_retry) {
        given->connect.has_retry = true;
        given->connect.retry_ms = FOLLOW_RETRY_MS;
    }
    given->pull.retry_ms = given->connect.has_retry ? given->connect.retry_ms : CONNECT_RETRY_MS;
    return true;
}

bool options_parse(int argc, char **argv, struct settings *settings, int *status)
{
    struct opt_parser parser;
    const char *value;
    int id;
    *settings = (struct settings){ .pull = { .parallel = 4, .empties = 2 } };
    *status = STATUS_OK;
    opt_start(&parser, &command, argc, argv);
    while ((id = opt_next(&parser, &value)) != OPT_END) {
        if (id == OPT_EXIT) {
            *status = parser.exit_status;
            return false;
        }
        if ((*status = take(settings, id, value)) != 0)
            return false;
    }
    return complete(settings, status);
}
