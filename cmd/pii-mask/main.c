#include <errno.h>
#include <string.h>

#include "base/meter.h"
#include "base/msg.h"
#include "base/start.h"
#include "base/status.h"
#include "job.h"

enum { REWRAP = PROGRAM_OWN, MAPPING };

static const struct opt table[] = {
    PROGRAM_FIRST_OPTIONS,
    { REWRAP, '\0', "rewrap", NULL, "move masked records to the primary key", NULL },
    { PROGRAM_LINES, '\0', "lines", "PATH", "mask single values, one a line, by the rule for PATH",
        NULL },
    { PROGRAM_KEY_ID, '\0', "key-id", "ID", "with --rewrap: key of records that name none", NULL },
    { MAPPING, '\0', "mapping", "FILE",
        "append the values that hmac, email and sha256 hide, encrypted, to this file", NULL },
    PROGRAM_LAST_OPTIONS,
};

static const struct opt_command command = {
    "-k FILE [-p FILE | -m RULE ...] [--root PATH] [--rewrap | --lines PATH]",
    "Replace personal values in records, one JSON object a line, from standard input to output.",
    table,
    sizeof table / sizeof *table,
};

static int take(void *context, int id, const char *value)
{
    struct options *options = context;
    if (id == MAPPING)
        return opt_file("mapping", value, &options->program.journal_file);
    if (id != REWRAP)
        return program_take(&options->program, id, value);
    options->rewrap = true;
    return 0;
}

/* Check that the options can be used together. Return OPT_RUN, or the exit status. */
static int check(const struct options *options)
{
    const struct program_settings *program = &options->program;
    if (options->rewrap && program->lines != NULL)
        return opt_usage("options --rewrap and --lines exclude each other");
    if (program->journal_file != NULL && (options->rewrap || program->lines != NULL))
        return opt_usage("option --mapping excludes --rewrap and --lines");
    if (program->key_id != NULL && !options->rewrap)
        return opt_usage("option --key-id needs --rewrap");
    return OPT_RUN;
}

int main(int argc, char **argv)
{
    struct options options = { .rewrap = false };
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = program_parse(&options.program, &command, argc, argv, take, &options);
    options.program.journal_option = "--mapping";
    if (status == OPT_RUN)
        status = check(&options);
    if (status == OPT_RUN)
        status = job_run(&options);
    program_free(&options.program);
    return meter_exit(status);
}
