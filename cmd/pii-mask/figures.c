#include <stdbool.h>
#include <string.h>

#include "figures.h"

/* Limits of a metrics file; the remaining paths of a policy share one sample. */
enum { PATHS = 200, PATH_LENGTH = 512, CODES = 100 };
_Static_assert(PATHS + 1 + CODES + PROGRAM_FIGURES <= METRICS_MAXIMUM, "a sample for each");

#define OTHER "other"

static const struct metric missing = { "sqs2pg_values_missing_total",
    "Values that the policy names and the records lack, by path.", METRIC_COUNTER };
static const struct metric errors = { "sqs2pg_errors_total", "Error records, by their code.",
    METRIC_COUNTER };

const struct program_figures figures_of_mask = {
    { PROGRAM_METRIC_READ, { "sqs2pg_records_masked_total", "Records masked.", METRIC_COUNTER },
        PROGRAM_METRIC_PASSED, PROGRAM_METRIC_ERRORS, METER_LAST_SUCCESS },
    { PROGRAM_READ, PROGRAM_CHANGED, PROGRAM_PASSED, PROGRAM_ERRORS, PROGRAM_LAST_SUCCESS },
    5,
};

const struct program_figures figures_of_rewrap = {
    { PROGRAM_METRIC_READ,
        { "sqs2pg_records_rewrapped_total", "Records moved to the primary key.", METRIC_COUNTER },
        { "sqs2pg_records_resealed_total", "Error records sealed with the primary key.",
            METRIC_COUNTER },
        PROGRAM_METRIC_PASSED, PROGRAM_METRIC_ERRORS, METER_LAST_SUCCESS },
    { PROGRAM_READ, PROGRAM_CHANGED, PROGRAM_OPENED, PROGRAM_PASSED, PROGRAM_ERRORS,
        PROGRAM_LAST_SUCCESS },
    6,
};

const struct program_figures figures_of_lines = {
    { { "sqs2pg_lines_read_total", "Single values read, one a line.", METRIC_COUNTER },
        { "sqs2pg_lines_masked_total", "Single values masked.", METRIC_COUNTER },
        { "sqs2pg_lines_errors_total", "Single values that could not be masked or unmasked.",
            METRIC_COUNTER },
        METER_LAST_SUCCESS },
    { PROGRAM_READ, PROGRAM_CHANGED, PROGRAM_ERRORS, PROGRAM_LAST_SUCCESS },
    4,
};

/* The samples of one family. */
struct family {
    const struct metric *metric;
    const char *label;
    struct metric_member *members; /* NULL: fill values instead */
    uint64_t *values;
    size_t most;
    size_t count;
    uint64_t other; /* sum for names without a sample of their own */
    bool has_other;
};

static void put(struct family *family, const char *name, uint64_t value)
{
    if (family->members != NULL)
        family->members[family->count] =
            (struct metric_member){ family->metric, family->label, name };
    else if (family->values != NULL)
        family->values[family->count] = value;
    family->count++;
}

static void take(void *context, const char *name, uint64_t value)
{
    struct family *family = context;
    if (family->count < family->most && strlen(name) <= PATH_LENGTH) {
        put(family, name, value);
        return;
    }
    family->has_other = true;
    family->other += value;
}

static size_t end(struct family *family)
{
    if (family->has_other)
        put(family, OTHER, family->other);
    return family->count;
}

size_t figures_members(const struct policy *policy, struct metric_member *members)
{
    struct family paths = { .metric = &missing,
        .label = "path",
        .members = members,
        .most = PATHS };
    for (size_t i = 0; i < policy->rule_count; i++)
        take(&paths, policy->rules[i].path, 0);
    size_t count = end(&paths);
    struct family codes = { .metric = &errors,
        .label = "code",
        .members = members + count,
        .most = CODES };
    mask_each_code(NULL, take, &codes);
    return count + end(&codes);
}

void figures_read(const struct mask *mask, uint64_t *values)
{
    if (mask == NULL)
        return;
    struct family paths = { .values = values, .most = PATHS };
    mask_each_path(mask, take, &paths);
    struct family codes = { .values = values + end(&paths), .most = CODES };
    mask_each_code(mask, take, &codes);
    (void)end(&codes);
}
