#include "base/opt.h"
#include "options.h"
#include "record/pending.h"

enum { OPT_PRINT = 1, OPT_RELEASE, OPT_NEED, OPT_LINGER, OPT_METRICS, OPT_PROGRESS };

static const struct opt table[] = {
    { OPT_PRINT, '\0', "print", NULL, "print each verdict when settled, with \"ack\" added", NULL },
    { OPT_RELEASE, '\0', "release", NULL, "make messages visible again instead of deleting them",
        NULL },
    { OPT_NEED, '\0', "need", "N", "delete after N verdicts on a record", "1" },
    { OPT_LINGER, '\0', "linger", "TIME", "how long a verdict waits for a full batch", "100ms" },
    BATCH_OPTION_JOBS_AUTO,
    BATCH_OPTIONS,
    METER_METRICS_FILE(OPT_METRICS),
    METER_PROGRESS(OPT_PROGRESS),
    CONNECT_OPTIONS("30s"),
};

static const struct opt_command command = {
    .synopsis = "[-qv] [-Q URL|NAME] [--need N] [--print] [--release] [option ...]",
    .summary = "Delete from an SQS queue the messages that verdicts on standard input cover.",
    .options = table,
    .count = sizeof table / sizeof *table,
};

static int take(void *context, int id, const char *value)
{
    struct ack_options *options = context;
    uint64_t number = 0;
    switch (id) {
    case OPT_PRINT:
        options->print = true;
        return 0;
    case OPT_RELEASE:
        options->release = true;
        return 0;
    case OPT_NEED:
        if (!opt_number(value, 1, PENDING_NEED_MOST, &number))
            return opt_usage("option --need takes a number from 1 to 100");
        options->need = (unsigned)number;
        return 0;
    case OPT_LINGER:
        return opt_duration(value, 0, 60000, &options->linger_ms)
            ? 0
            : opt_usage("option --linger takes a time to 1m");
    case OPT_METRICS:
        return opt_file("metrics-file", value, &options->meter.metrics_file);
    case OPT_PROGRESS:
        options->meter.progress = true;
        return 0;
    default:
        return batch_options_take(&options->batch, id, value, "verdicts");
    }
}

int options_parse(struct ack_options *options, int argc, char **argv)
{
    *options =
        (struct ack_options){ .need = 1, .linger_ms = 100, .batch = batch_options_defaults_auto() };
    return opt_each(&command, argc, argv, take, options);
}
