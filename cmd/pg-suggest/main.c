#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/meter.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/status.h"
#include "confine/protect.h"
#include "name.h"
#include "suggest.h"

enum { TABLE = 1, ROOT, OUTPUT, NUMBER };

static const struct opt options[] = {
    { TABLE, 't', "table", "TABLE", "propose this table, named as in SQL", NULL },
    { ROOT, '\0', "root", "PATH", "path of the values in a line, . for plain NDJSON", ".body" },
    { OUTPUT, 'o', "output", "DIR", "write TABLE.sql and TABLE.map there, instead of printing them",
        NULL },
    { NUMBER, 'n', "number", "N", "stop after N records", NULL },
    STREAM_OPTIONS("longest line"),
};

static const struct opt_command command = {
    "-t TABLE [--root PATH] [-o DIR] [-n N]",
    "Propose a table, and the map of pg-load to fill it, for records, one JSON object a line.",
    options,
    sizeof options / sizeof *options,
};

static int take(void *context, int id, const char *value)
{
    struct settings *settings = context;
    switch (id) {
    case TABLE:
        settings->table = value;
        return 0;
    case ROOT:
        settings->root = value;
        return 0;
    case OUTPUT:
        return opt_file("output", value, &settings->folder);
    case NUMBER:
        if (opt_number(value, 1, UINT64_MAX, &settings->number))
            return 0;
        return opt_usage("option --number takes a number from 1");
    default:
        return stream_options_take(&settings->stream, id, value);
    }
}

/* Run with the name of the table as it is printed. */
static int run(struct settings *settings)
{
    struct buf quoted;
    struct buf name;
    int status = STATUS_USAGE;
    bool no_memory = false;
    buf_init(&quoted, 4 * NAME_MOST + 8);
    buf_init(&name, 2 * NAME_MOST + 2);
    if (settings->table == NULL)
        (void)opt_usage("option --table is missing");
    else if (name_table(settings->table, &quoted, &name) != 0) {
        no_memory = quoted.failed || name.failed;
        if (!no_memory)
            (void)opt_usage(
                "option --table takes the name of a table as in SQL, of 63 bytes at most");
    } else if (settings->folder != NULL && memchr(name.data, '/', name.length) != NULL)
        (void)opt_usage("option --output takes no table with a / in its name");
    else {
        settings->table = buf_cstr(&quoted);
        settings->name = buf_cstr(&name);
        no_memory = settings->table == NULL || settings->name == NULL;
        if (!no_memory)
            status = suggest_run(settings);
    }
    if (no_memory) {
        msg_error("out of memory");
        status = STATUS_INTERNAL;
    }
    buf_free(&quoted);
    buf_free(&name);
    return status;
}

int main(int argc, char **argv)
{
    struct settings settings = { .stream = stream_options_defaults() };
    if (start_program(argv[0]) != 0 || protect_process() != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = opt_each(&command, argc, argv, take, &settings);
    return status == OPT_RUN ? meter_exit(run(&settings)) : status;
}
