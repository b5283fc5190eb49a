#include "options.h"

#include <string.h>

#include "base/meter.h"
#include "base/opt.h"
#include "events.h"
#include "kind.h"
#include "record/record.h"
#include "record/verdict.h"

enum { AS = 1, JSON, EACH, MAX_RECORD, MAX_PARTS, GRACE, METRICS_FILE, PROGRESS, REQUIRE_SANDBOX };

static const struct opt table[] = {
    { AS, '\0', "as", "KIND[,KIND...]", "recognise these kinds alone; none: nothing", false },
    { JSON, '\0', "json", "PATH", "make the JSON text at this path of the body the body", false },
    { EACH, '\0', "each", "PATH|lines",
        "a record for each element of the array there, or line of a text", false },
    { MAX_RECORD, '\0', "max-record", "SIZE", "longest line taken or made (4M, up to 64M)", false },
    { MAX_PARTS, '\0', "max-parts", "N", "most records that a message may give (10000)", false },
    { GRACE, '\0', "grace", "TIME", "time to drain a pipe after SIGTERM (30s)", false },
    METER_METRICS_FILE(METRICS_FILE),
    METER_PROGRESS(PROGRESS),
    { REQUIRE_SANDBOX, '\0', "require-sandbox", NULL,
        "fail if the kernel cannot confine the process", false },
};

static const struct opt_command command = {
    "[--as KIND[,KIND...]] [--json PATH] [--each PATH|lines]",
    "Take the event of each record out of its envelope or encoding, from standard input to output.",
    table,
    sizeof table / sizeof *table,
};

/* "sns,base64", or "none". */
static int set_kinds(const char *value, unsigned *kinds)
{
    *kinds = 0;
    if (strcmp(value, "none") == 0)
        return 0;
    for (;;) {
        size_t length = strcspn(value, ",");
        enum kind kind = kind_find(value, length);
        if (kind == KIND_COUNT)
            return opt_usage("option --as takes sns, eventbridge, cloudevents, s3, json, base64, "
                             "gzip, zlib, or none alone");
        if ((*kinds & 1U << kind) != 0)
            return opt_usage("option --as names %s twice", kind_name(kind));
        *kinds |= 1U << kind;
        if (value[length] == '\0')
            return 0;
        value += length + 1;
    }
}

static int set_path(const char *option, const char *value, const char **path)
{
    if (!events_path(value))
        return opt_usage("option --%s takes a path of keys and indexes, as .a.b or .a[0]%s", option,
            strcmp(option, "each") == 0 ? ", or lines" : "");
    *path = value;
    return 0;
}

/* 0, or the status to exit with. */
static int set(struct options *options, int id, const char *value)
{
    switch (id) {
    case AS:
        return set_kinds(value, &options->kinds);
    case JSON:
        return set_path("json", value, &options->json);
    case EACH:
        options->lines = strcmp(value, "lines") == 0;
        return options->lines ? 0 : set_path("each", value, &options->each);
    case METRICS_FILE:
        return opt_file("metrics-file", value, &options->meter.metrics_file);
    case PROGRESS:
        options->meter.progress = true;
        return 0;
    case REQUIRE_SANDBOX:
        options->require_sandbox = true;
        return 0;
    case MAX_RECORD:
        if (opt_size(value, 1, RECORD_MAX, &options->max_record))
            return 0;
        return opt_usage("option --max-record takes a size from 1 to 64M");
    case MAX_PARTS:
        if (opt_number(value, 1, VERDICT_MOST_PARTS, &options->max_parts))
            return 0;
        return opt_usage("option --max-parts takes a number from 1 to 1000000");
    case GRACE:
        if (opt_duration(value, 0, UINT64_C(86400000), &options->grace_ms))
            return 0;
        return opt_usage("option --grace takes a time from 0 to 1d");
    default:
        return opt_no_operand("records");
    }
}

int options_parse(struct options *options, int argc, char **argv, bool *stop)
{
    struct opt_parser parser;
    const char *value;
    int id;
    *options = (struct options){ .kinds = KIND_ALL,
        .max_record = RECORD_DEFAULT_MAX,
        .max_parts = 10000,
        .grace_ms = 30000 };
    *stop = true;
    opt_start(&parser, &command, argc, argv);
    while ((id = opt_next(&parser, &value)) != OPT_END) {
        if (id == OPT_EXIT)
            return parser.exit_status;
        int status = set(options, id, value);
        if (status != 0)
            return status;
    }
    *stop = false;
    return 0;
}
