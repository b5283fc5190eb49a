#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/meter.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "job.h"

enum { REWRAP = PROGRAM_OWN, MAPPING };

static const struct opt table[] = {
    PROGRAM_FIRST_OPTIONS,
    { REWRAP, '\0', "rewrap", NULL, "move masked records to the primary key", false },
    { PROGRAM_LINES, '\0', "lines", "PATH",
        "mask single values, one a line, as the policy has PATH", false },
    { PROGRAM_KEY_ID, '\0', "key-id", "ID", "with --rewrap: key of records that do not say theirs",
        false },
    { MAPPING, '\0', "mapping", "FILE",
        "append what hmac, email and sha256 hide, encrypted, to this file", false },
    PROGRAM_LAST_OPTIONS,
};

static const struct opt_command command = {
    "-k FILE [-p FILE | -m RULE ...] [--root PATH] [--rewrap | --lines PATH]",
    "Replace personal values in records, one JSON object a line, from standard input to output.",
    table,
    sizeof table / sizeof *table,
};

static int parse(struct options *options, int argc, char **argv, bool *stop)
{
    struct opt_parser parser;
    const char *value;
    int id;
    *stop = true;
    opt_start(&parser, &command, argc, argv);
    while ((id = opt_next(&parser, &value)) != OPT_END) {
        int status = 0;
        if (id == OPT_EXIT)
            return parser.exit_status;
        if (id == REWRAP)
            options->rewrap = true;
        else if (id == MAPPING)
            status = opt_file("mapping", value, &options->program.journal_file);
        else
            status = program_set(&options->program, id, value);
        if (status != 0)
            return status;
    }
    int status = program_check(&options->program);
    if (status != 0)
        return status;
    if (options->rewrap && options->program.lines != NULL)
        return opt_usage("options --rewrap and --lines exclude each other");
    if (options->program.journal_file != NULL &&
        (options->rewrap || options->program.lines != NULL))
        return opt_usage("option --mapping does not go with --rewrap or --lines");
    if (options->program.key_id != NULL && !options->rewrap)
        return opt_usage("option --key-id goes with --rewrap");
    *stop = false;
    return 0;
}

int main(int argc, char **argv)
{
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    struct options options = { .program = program_defaults() };
    options.program.journal_option = "--mapping";
    options.program.rules = calloc((size_t)argc + 1, sizeof *options.program.rules);
    if (options.program.rules == NULL) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    bool stop;
    int status = parse(&options, argc, argv, &stop);
    if (!stop)
        status = job_run(&options);
    free(options.program.rules);
    return meter_exit(status);
}
