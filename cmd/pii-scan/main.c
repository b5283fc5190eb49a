#include <errno.h>
#include <string.h>

#include "base/meter.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "record/record.h"
#include "survey.h"

enum {
    POLICY = 1,
    ROOT,
    SUGGEST,
    JSON,
    NUMBER,
    MAX_RECORD,
    GRACE,
    METRICS_FILE,
    PROGRESS,
    REQUIRE_SANDBOX
};

static const struct opt options[] = {
    { POLICY, 'p', "policy", "FILE", "judge by this policy: exit 1 for what it does not cover",
        false },
    { ROOT, '\0', "root", "PATH", "what paths are relative to (.body)", false },
    { SUGGEST, '\0', "suggest", NULL, "print a policy that covers what was found", false },
    { JSON, '\0', "json", NULL, "print a line of JSON for each path", false },
    { NUMBER, 'n', "number", "N", "stop after N records", false },
    { MAX_RECORD, '\0', "max-record", "SIZE", "longest line taken (4M, up to 64M)", false },
    { GRACE, '\0', "grace", "TIME", "time to drain a pipe after SIGTERM (30s)", false },
    METER_METRICS_FILE(METRICS_FILE),
    METER_PROGRESS(PROGRESS),
    { REQUIRE_SANDBOX, '\0', "require-sandbox", NULL,
        "fail if the kernel cannot confine the process", false },
};

static const struct opt_command command = {
    "[-p FILE] [--root PATH] [--suggest | --json] [-n N]",
    "Say where personal values are in records, one JSON object a line, without showing one.",
    options,
    sizeof options / sizeof *options,
};

/* 0, or the status to exit with. */
static int set(struct settings *settings, int id, const char *value)
{
    switch (id) {
    case POLICY:
        return opt_file("policy", value, &settings->policy_file);
    case ROOT:
        settings->root = value;
        return 0;
    case SUGGEST:
        settings->suggest = true;
        return 0;
    case JSON:
        settings->json = true;
        return 0;
    case NUMBER:
        if (opt_number(value, 1, UINT64_MAX, &settings->number))
            return 0;
        return opt_usage("option --number takes a number from 1");
    case METRICS_FILE:
        return opt_file("metrics-file", value, &settings->meter.metrics_file);
    case PROGRESS:
        settings->meter.progress = true;
        return 0;
    case REQUIRE_SANDBOX:
        settings->require_sandbox = true;
        return 0;
    case MAX_RECORD:
        if (opt_size(value, 1, RECORD_MAX, &settings->max_record))
            return 0;
        return opt_usage("option --max-record takes a size from 1 to 64M");
    case GRACE:
        if (opt_duration(value, 0, UINT64_C(86400000), &settings->grace_ms))
            return 0;
        return opt_usage("option --grace takes a time from 0 to 1d");
    default:
        return opt_no_operand("records");
    }
}

int main(int argc, char **argv)
{
    struct settings settings = { .max_record = RECORD_DEFAULT_MAX, .grace_ms = 30000 };
    struct opt_parser parser;
    const char *value;
    int id;
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    opt_start(&parser, &command, argc, argv);
    while ((id = opt_next(&parser, &value)) != OPT_END) {
        if (id == OPT_EXIT)
            return parser.exit_status;
        int status = set(&settings, id, value);
        if (status != 0)
            return status;
    }
    if (settings.suggest && settings.json)
        return opt_usage("options --suggest and --json exclude each other");
    return meter_exit(survey_run(&settings));
}
