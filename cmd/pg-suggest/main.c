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
#include "record/record.h"
#include "suggest.h"

enum { TABLE = 1, ROOT, OUTPUT, NUMBER, MAX_RECORD, GRACE, METRICS_FILE, PROGRESS };

static const struct opt options[] = {
    { TABLE, 't', "table", "TABLE", "propose this table, named as in SQL", false },
    { ROOT, '\0', "root", "PATH", "where a line has its values, as . has plain NDJSON (.body)",
        false },
    { OUTPUT, 'o', "output", "DIR", "write TABLE.sql and TABLE.map there, instead of printing them",
        false },
    { NUMBER, 'n', "number", "N", "stop after N records", false },
    { MAX_RECORD, '\0', "max-record", "SIZE", "longest line taken (4M, up to 64M)", false },
    { GRACE, '\0', "grace", "TIME", "time to drain a pipe after SIGTERM (30s)", false },
    METER_METRICS_FILE(METRICS_FILE),
    METER_PROGRESS(PROGRESS),
};

static const struct opt_command command = {
    "-t TABLE [--root PATH] [-o DIR] [-n N]",
    "Propose a table, and the map of pg-load to fill it, for records, one JSON object a line.",
    options,
    sizeof options / sizeof *options,
};

/* 0, or the status to exit with. */
static int set(struct settings *settings, int id, const char *value)
{
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
    case METRICS_FILE:
        return opt_file("metrics-file", value, &settings->meter.metrics_file);
    case PROGRESS:
        settings->meter.progress = true;
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

/* With the table's name as it is to be printed. */
static int run(struct settings *settings)
{
    struct buf quoted;
    struct buf name;
    int status = STATUS_USAGE;
    buf_init(&quoted, 4 * NAME_MOST + 8);
    buf_init(&name, 2 * NAME_MOST + 2);
    if (settings->table == NULL)
        (void)opt_usage("option --table is needed");
    else if (name_table(settings->table, &quoted, &name) != 0)
        (void)opt_usage("option --table takes the name of a table as in SQL, of 63 bytes at most");
    else if (settings->folder != NULL && memchr(name.data, '/', name.length) != NULL)
        (void)opt_usage("option --output takes no table with a / in its name");
    else {
        settings->table = buf_cstr(&quoted);
        settings->name = buf_cstr(&name);
        status = settings->table == NULL || settings->name == NULL ? STATUS_INTERNAL
                                                                   : suggest_run(settings);
    }
    buf_free(&quoted);
    buf_free(&name);
    return status;
}

int main(int argc, char **argv)
{
    struct settings settings = { .max_record = RECORD_DEFAULT_MAX, .grace_ms = 30000 };
    struct opt_parser parser;
    const char *value;
    int id;
    if (start_program(argv[0]) != 0 || protect_process() != 0) {
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
    return meter_exit(run(&settings));
}
