#include <string.h>

#include "base/opt.h"
#include "base/status.h"
#include "record/record.h"
#include "sqs/batch_options.h"

enum { JOBS = 4, JOBS_MOST = 64, GRACE_MS = 30 * 1000, GRACE_MOST_MS = 24 * 3600 * 1000 };

struct batch_options batch_options_defaults(void)
{
    return (struct batch_options){
        .parallel = JOBS,
        .grace_ms = GRACE_MS,
        .max_record = RECORD_DEFAULT_MAX,
    };
}

/* A batch starts when it is full or its linger time ends, so the number of batches follows the
 * load. */
struct batch_options batch_options_defaults_auto(void)
{
    struct batch_options options = batch_options_defaults();
    options.parallel = JOBS_MOST;
    return options;
}

int batch_options_take(struct batch_options *options, int id, const char *value, const char *input)
{
    uint64_t number = 0;
    switch (id) {
    case BATCH_OPTIONS_JOBS_AUTO:
        if (strcmp(value, "auto") != 0 && !opt_number(value, 1, JOBS_MOST, &number))
            return opt_usage("option -j takes auto or a number from 1 to 64");
        options->parallel = number > 0 ? (unsigned)number : JOBS_MOST;
        return 0;
    case BATCH_OPTIONS_JOBS:
        if (!opt_number(value, 1, JOBS_MOST, &number))
            return opt_usage("option -j takes a number from 1 to 64");
        options->parallel = (unsigned)number;
        return 0;
    case BATCH_OPTIONS_MAX_RECORD:
        if (!opt_size(value, 1, RECORD_MAX, &number))
            return opt_usage("option --max-record takes a size to 64M");
        options->max_record = (size_t)number;
        return 0;
    case BATCH_OPTIONS_GRACE:
        if (!opt_duration(value, 0, GRACE_MOST_MS, &options->grace_ms))
            return opt_usage("option --grace takes a time to 24h");
        return 0;
    case OPT_OPERAND:
        return opt_no_operand(input);
    default:
        return connect_option(&options->connect, id, value) ? 0 : STATUS_USAGE;
    }
}

uint64_t batch_options_retry_ms(const struct batch_options *options)
{
    return options->connect.has_retry ? options->connect.retry_ms : CONNECT_RETRY_MS;
}
