#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "undo.h"

static const struct opt table[] = {
    PROGRAM_FIRST_OPTIONS,
    { PROGRAM_KEY_ID, '\0', "key-id", "ID", "key of records that do not say theirs (ipcrypt, ff1)",
        false },
    { PROGRAM_LINES, '\0', "lines", "PATH",
        "unmask single values, one a line, as the policy has PATH", false },
    PROGRAM_LAST_OPTIONS,
};

static const struct opt_command command = {
    "-k FILE [-p FILE | -m RULE ...] [--root PATH] [--lines PATH]",
    "Restore the values that pii-mask replaced, for who holds the key; from standard input to output.",
    table,
    sizeof table / sizeof *table,
};

static int parse(struct program_settings *settings, int argc, char **argv, bool *stop)
{
    struct opt_parser parser;
    const char *value;
    int id;
    *stop = true;
    opt_start(&parser, &command, argc, argv);
    while ((id = opt_next(&parser, &value)) != OPT_END) {
        int status = id == OPT_EXIT ? parser.exit_status : program_set(settings, id, value);
        if (id == OPT_EXIT || status != 0)
            return status;
    }
    int status = program_check(settings);
    *stop = status != 0;
    return status;
}

int main(int argc, char **argv)
{
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    struct program_settings settings = program_defaults();
    settings.rules = calloc((size_t)argc + 1, sizeof *settings.rules);
    if (settings.rules == NULL) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    bool stop;
    int status = parse(&settings, argc, argv, &stop);
    if (!stop)
        status = undo_run(&settings);
    free(settings.rules);
    return status;
}
