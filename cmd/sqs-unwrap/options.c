#include <string.h>

#include "events.h"
#include "kind.h"
#include "options.h"
#include "record/verdict.h"

enum { AS = 1, JSON, EACH, MAX_PARTS };

static const struct opt table[] = {
    { AS, '\0', "as", "KIND[,KIND...]", "recognise only these kinds, or none", NULL },
    { JSON, '\0', "json", "PATH", "make the JSON text at this path of the body the body", NULL },
    { EACH, '\0', "each", "PATH|lines",
        "make a record of each element of the array at this path, or of each line of a text",
        NULL },
    { MAX_PARTS, '\0', "max-parts", "N", "maximum of records from one message", "10000" },
    STREAM_OPTIONS("longest line read or written"),
    STREAM_OPTIONS_SANDBOX,
};

static const struct opt_command command = {
    "[--as KIND[,KIND...]] [--json PATH] [--each PATH|lines]",
    "Take the event of each record out of its envelope or encoding, from standard input to output.",
    table,
    sizeof table / sizeof *table,
};

/* Read "sns,base64", or "none". */
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
        return opt_usage("option --%s takes a path of keys and indexes, such as .a.b or .a[0]%s",
            option, strcmp(option, "each") == 0 ? ", or lines" : "");
    *path = value;
    return 0;
}

static int take(void *context, int id, const char *value)
{
    struct options *options = context;
    switch (id) {
    case AS:
        return set_kinds(value, &options->kinds);
    case JSON:
        return set_path("json", value, &options->json);
    case EACH:
        options->lines = strcmp(value, "lines") == 0;
        return options->lines ? 0 : set_path("each", value, &options->each);
    case MAX_PARTS:
        if (opt_number(value, 1, VERDICT_MOST_PARTS, &options->max_parts))
            return 0;
        return opt_usage("option --max-parts takes a number from 1 to 1000000");
    default:
        return stream_options_take(&options->stream, id, value);
    }
}

int options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){ .kinds = KIND_ALL,
        .max_parts = 10000,
        .stream = stream_options_defaults() };
    return opt_each(&command, argc, argv, take, options);
}
