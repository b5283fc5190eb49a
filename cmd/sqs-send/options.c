#include <string.h>

#include "base/meter.h"
#include "base/opt.h"
#include "options.h"

enum { OPT_VERDICTS = 1, OPT_GROUP, OPT_NEW_IDS, OPT_METRICS_FILE, OPT_PROGRESS };

enum { GROUP_MAXIMUM = 128 }; /* characters of a group id, by the rules of SQS */

static const struct opt table[] = {
    { OPT_VERDICTS, '\0', "verdicts", NULL, "print a verdict for each message sent", NULL },
    { OPT_GROUP, '\0', "group-id", "ID", "message group of records that name none", NULL },
    { OPT_NEW_IDS, '\0', "new-deduplication-ids", NULL,
        "ignore the deduplication ids of the records", NULL },
    BATCH_OPTION_JOBS,
    BATCH_OPTIONS,
    METER_METRICS_FILE(OPT_METRICS_FILE),
    METER_PROGRESS(OPT_PROGRESS),
    CONNECT_OPTIONS("30s"),
};

static const struct opt_command command = {
    .synopsis = "[-qv] [-Q URL|NAME] [-j N] [--verdicts] [option ...]",
    .summary = "Send the records on standard input to an SQS queue.",
    .options = table,
    .count = sizeof table / sizeof *table,
};

static bool group_is_right(const char *id)
{
    size_t length = strlen(id), right = 0;
    while (id[right] > ' ' && id[right] <= '~')
        right++;
    return length > 0 && right == length && length <= GROUP_MAXIMUM;
}

static int take(void *context, int id, const char *value)
{
    struct send_options *options = context;
    switch (id) {
    case OPT_VERDICTS:
        options->verdicts = true;
        return 0;
    case OPT_GROUP:
        options->group_id = value;
        return group_is_right(value)
            ? 0
            : opt_usage("option --group-id takes 1 to 128 letters, digits and punctuation marks");
    case OPT_NEW_IDS:
        options->new_ids = true;
        return 0;
    case OPT_METRICS_FILE:
        return opt_file("metrics-file", value, &options->meter.metrics_file);
    case OPT_PROGRESS:
        options->meter.progress = true;
        return 0;
    default:
        return batch_options_take(&options->batch, id, value, "records");
    }
}

int options_parse(struct send_options *options, int argc, char **argv)
{
    *options = (struct send_options){ .batch = batch_options_defaults() };
    return opt_each(&command, argc, argv, take, options);
}
