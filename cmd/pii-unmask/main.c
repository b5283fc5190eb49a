#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/meter.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "undo.h"

enum { MAPPING = PROGRAM_OWN, AUDIT };

static const struct opt table[] = {
    PROGRAM_FIRST_OPTIONS,
    { PROGRAM_KEY_ID, '\0', "key-id", "ID",
        "key of records that do not say theirs (ipcrypt, ff1, uuid, shift)", false },
    { PROGRAM_LINES, '\0', "lines", "PATH",
        "unmask single values, one a line, as the policy has PATH", false },
    { MAPPING, '\0', "mapping", "FILE", "print the lines of this mapping with their values",
        false },
    { AUDIT, '\0', "audit", "FILE", "append who ran this, when, and how much, to this file",
        false },
    PROGRAM_LAST_OPTIONS,
};

static const struct opt_command command = {
    "-k FILE [-p FILE | -m RULE ...] [--root PATH] [--lines PATH]",
    "Restore the values that pii-mask replaced, for who holds the key; from standard input to output.",
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
        int status;
        if (id == OPT_EXIT)
            return parser.exit_status;
        if (id == MAPPING)
            status = opt_file("mapping", value, &options->mapping);
        else if (id == AUDIT)
            status = opt_file("audit", value, &options->program.journal_file);
        else
            status = program_set(&options->program, id, value);
        if (status != 0)
            return status;
    }
    int status = program_check(&options->program);
    if (status == 0 && options->mapping != NULL && options->program.lines != NULL)
        status = opt_usage("options --mapping and --lines exclude each other");
    *stop = status != 0;
    return status;
}

int main(int argc, char **argv)
{
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    struct options options = { .program = program_defaults() };
    options.program.journal_option = "--audit";
    options.program.rules = calloc((size_t)argc + 1, sizeof *options.program.rules);
    if (options.program.rules == NULL) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    bool stop;
    int status = parse(&options, argc, argv, &stop);
    if (!stop)
        status = undo_run(&options);
    free(options.program.rules);
    return meter_exit(status);
}
