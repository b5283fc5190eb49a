#include "base/opt.h"
#include "record/record.h"
#include "record/stream_options.h"

enum { GRACE_MS = 30 * 1000, GRACE_MOST_MS = 24 * 3600 * 1000 };

struct stream_options stream_options_defaults(void)
{
    return (struct stream_options){ .max_record = RECORD_DEFAULT_MAX, .grace_ms = GRACE_MS };
}

int stream_options_take(struct stream_options *options, int id, const char *value)
{
    switch (id) {
    case STREAM_OPTIONS_MAX_RECORD:
        if (opt_size(value, 1, RECORD_MAX, &options->max_record))
            return 0;
        return opt_usage("option --max-record takes a size from 1 to 64M");
    case STREAM_OPTIONS_GRACE:
        if (opt_duration(value, 0, GRACE_MOST_MS, &options->grace_ms))
            return 0;
        return opt_usage("option --grace takes a time from 0 to 1d");
    case STREAM_OPTIONS_METRICS_FILE:
        return opt_file("metrics-file", value, &options->meter.metrics_file);
    case STREAM_OPTIONS_METRICS_LABEL:
        return meter_take_label(value, &options->meter);
    case STREAM_OPTIONS_PROGRESS:
        options->meter.progress = true;
        return 0;
    case STREAM_OPTIONS_REQUIRE_SANDBOX:
        options->require_sandbox = true;
        return 0;
    default:
        return opt_no_operand("records");
    }
}
