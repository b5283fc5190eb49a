#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/meter.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "record/record.h"
#include "run.h"

enum {
    KEY_FILE = 1,
    POLICY,
    MASK,
    ROOT,
    KEY_ID,
    LINES,
    PRINT_POLICY,
    GROUP_READABLE,
    MAX_RECORD,
    GRACE,
    PROGRESS,
    REQUIRE_SANDBOX,
    SELF_TEST
};

static const struct opt options[] = {
    { KEY_FILE, 'k', "key-file", "FILE", "key file, as pii-keygen makes it", false },
    { POLICY, 'p', "policy", "FILE", "policy file; default: ip and device_id, reversibly", false },
    { MASK, 'm', "mask", "RULE", "instead: PATH=METHOD[:NAME], any number of times", true },
    { ROOT, '\0', "root", "PATH", "what paths are relative to (.body)", false },
    { KEY_ID, '\0', "key-id", "ID", "key of records that do not say theirs (ipcrypt, ff1)", false },
    { LINES, '\0', "lines", "PATH", "unmask single values, one a line, as the policy has PATH",
        false },
    { PRINT_POLICY, '\0', "print-policy", NULL, "print the policy in force and exit", false },
    { GROUP_READABLE, '\0', "key-group-readable", NULL, "accept a key file that its group may read",
        false },
    { MAX_RECORD, '\0', "max-record", "SIZE", "longest line taken (4M, up to 64M)", false },
    { GRACE, '\0', "grace", "TIME", "time to drain a pipe after SIGTERM (30s)", false },
    METER_PROGRESS(PROGRESS),
    { REQUIRE_SANDBOX, '\0', "require-sandbox", NULL,
        "fail if the kernel cannot confine the process", false },
    { SELF_TEST, '\0', "self-test", NULL, "compute the published vectors, say how, and exit",
        false },
};

static const struct opt_command command = {
    "-k FILE [-p FILE | -m RULE ...] [--root PATH] [--lines PATH]",
    "Restore the values that pii-mask replaced, for who holds the key; from standard input to output.",
    options,
    sizeof options / sizeof *options,
};

/* 0, or the status to exit with. */
static int set(struct settings *settings, int id, const char *value)
{
    switch (id) {
    case KEY_FILE:
        return opt_file("key-file", value, &settings->key_file);
    case POLICY:
        return opt_file("policy", value, &settings->policy_file);
    case MASK:
        settings->rules[settings->rule_count++] = value;
        return 0;
    case ROOT:
        settings->root = value;
        return 0;
    case KEY_ID:
        settings->key_id = value;
        return 0;
    case LINES:
        settings->lines = value;
        return 0;
    case PRINT_POLICY:
        settings->print_policy = true;
        return 0;
    case GROUP_READABLE:
        settings->group_readable = true;
        return 0;
    case PROGRESS:
        settings->progress = true;
        return 0;
    case REQUIRE_SANDBOX:
        settings->require_sandbox = true;
        return 0;
    case SELF_TEST:
        settings->self_test = true;
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
        return opt_usage("unexpected operand: records come from standard input");
    }
}

static int parse(struct settings *settings, int argc, char **argv, bool *stop)
{
    struct opt_parser parser;
    const char *value;
    int id;
    *stop = true;
    opt_start(&parser, &command, argc, argv);
    while ((id = opt_next(&parser, &value)) != OPT_END) {
        if (id == OPT_EXIT)
            return parser.exit_status;
        int status = set(settings, id, value);
        if (status != 0)
            return status;
    }
    if (settings->policy_file != NULL && settings->rule_count > 0)
        return opt_usage("a policy is given by --policy or by --mask, not by both");
    if (settings->key_file == NULL && !settings->print_policy && !settings->self_test)
        return opt_usage("option --key-file is missing");
    *stop = false;
    return 0;
}

int main(int argc, char **argv)
{
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    struct settings settings = { .root = ".body",
        .max_record = RECORD_DEFAULT_MAX,
        .grace_ms = 30000 };
    settings.rules = calloc((size_t)argc + 1, sizeof *settings.rules);
    if (settings.rules == NULL) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    bool stop;
    int status = parse(&settings, argc, argv, &stop);
    if (!stop)
        status = run_filter(&settings);
    free(settings.rules);
    return status;
}
