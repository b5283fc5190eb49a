#include <errno.h>
#include <string.h>

#include "base/meter.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "survey.h"

enum { POLICY = 1, ROOT, SUGGEST, JSON, NUMBER };

static const struct opt options[] = {
    { POLICY, 'p', "policy", "FILE",
        "check against this policy; exit 1 for paths that it does not cover", NULL },
    { ROOT, '\0', "root", "PATH", "path of the values in a line, . for plain NDJSON", ".body" },
    { SUGGEST, '\0', "suggest", NULL, "print a policy that covers the findings", NULL },
    { JSON, '\0', "json", NULL, "print a line of JSON for each path", NULL },
    { NUMBER, 'n', "number", "N", "stop after N records", NULL },
    STREAM_OPTIONS("longest line"),
    STREAM_OPTIONS_SANDBOX,
};

static const struct opt_command command = {
    "[-p FILE] [--root PATH] [--suggest | --json] [-n N]",
    "Report where records hold personal values, one JSON object a line, without printing a value.",
    options,
    sizeof options / sizeof *options,
};

static int take(void *context, int id, const char *value)
{
    struct settings *settings = context;
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
    default:
        return stream_options_take(&settings->stream, id, value);
    }
}

int main(int argc, char **argv)
{
    struct settings settings = { .stream = stream_options_defaults() };
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = opt_each(&command, argc, argv, take, &settings);
    if (status == OPT_RUN && settings.suggest && settings.json)
        status = opt_usage("options --suggest and --json exclude each other");
    return status == OPT_RUN ? meter_exit(survey_run(&settings)) : status;
}
