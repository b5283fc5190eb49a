#include <errno.h>
#include <string.h>

#include "base/meter.h"
#include "base/msg.h"
#include "base/start.h"
#include "base/status.h"
#include "undo.h"

enum { MAPPING = PROGRAM_OWN, AUDIT };

static const struct opt table[] = {
    PROGRAM_FIRST_OPTIONS,
    { PROGRAM_KEY_ID, '\0', "key-id", "ID",
        "key of records that name none (ipcrypt, ff1, uuid, shift)", NULL },
    { PROGRAM_LINES, '\0', "lines", "PATH",
        "unmask single values, one a line, by the rule for PATH", NULL },
    { MAPPING, '\0', "mapping", "FILE", "print the lines of this mapping with their values", NULL },
    { AUDIT, '\0', "audit", "FILE", "append who ran this, when, and how much, to this file", NULL },
    PROGRAM_LAST_OPTIONS,
};

static const struct opt_command command = {
    "-k FILE [-p FILE | -m RULE ...] [--root PATH] [--lines PATH]",
    "Restore the values that pii-mask replaced, with the key, from standard input to output.",
    table,
    sizeof table / sizeof *table,
};

static int take(void *context, int id, const char *value)
{
    struct options *options = context;
    if (id == MAPPING)
        return opt_file("mapping", value, &options->mapping);
    if (id == AUDIT)
        return opt_file("audit", value, &options->program.journal_file);
    return program_take(&options->program, id, value);
}

int main(int argc, char **argv)
{
    struct options options = { .mapping = NULL };
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = program_parse(&options.program, &command, argc, argv, take, &options);
    options.program.journal_option = "--audit";
    if (status == OPT_RUN && options.mapping != NULL && options.program.lines != NULL)
        status = opt_usage("options --mapping and --lines exclude each other");
    if (status == OPT_RUN)
        status = undo_run(&options);
    program_free(&options.program);
    return meter_exit(status);
}
