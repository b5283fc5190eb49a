#include "base/clock.h"
#include "figures.h"

/* In the order of fill(). */
static const struct metric metrics[] = {
    { "sqs2pg_records_read_total", "Records read.", METRIC_COUNTER },
    { "sqs2pg_records_unwrapped_total", "Records with an envelope or encoding removed.",
        METRIC_COUNTER },
    { "sqs2pg_records_left_total", "Records in which no envelope or encoding was recognised.",
        METRIC_COUNTER },
    { "sqs2pg_records_passed_total", "Records passed on unchanged.", METRIC_COUNTER },
    { "sqs2pg_records_errors_total", "Error records, made, passed on or skipped.", METRIC_COUNTER },
    { "sqs2pg_records_split_total", "Records split into several.", METRIC_COUNTER },
    { "sqs2pg_parts_total", "Records that splitting made.", METRIC_COUNTER },
    METER_LAST_SUCCESS,
};
enum { ROWS = sizeof metrics / sizeof *metrics };

static const struct metric by_kind = { "sqs2pg_envelopes_total",
    "Envelopes and encodings removed, by kind.", METRIC_COUNTER };

static void fill(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    struct figures *figures = context;
    const struct unwrap_counts *counts = figures->counts;
    uint64_t done_before = counts->records - counts->errors;
    (void)oldest_ms; /* each record is written when it is read */
    if (done_before > figures->done_before)
        figures->last_success_ms = clock_realtime_ms();
    figures->done_before = done_before;
    const uint64_t now[] = { counts->records, counts->unwrapped, counts->left, counts->passed,
        counts->errors, counts->split, counts->parts, figures->last_success_ms };
    _Static_assert(sizeof now / sizeof *now == ROWS, "a value for each");
    for (size_t i = 0; i < ROWS; i++)
        values[i] = now[i];
    for (size_t kind = 0; kind < KIND_COUNT; kind++)
        values[ROWS + kind] = counts->kinds[kind];
}

int figures_open(struct figures *figures, const struct meter_options *options, struct meter **meter)
{
    struct metric_member kinds[KIND_COUNT];
    for (enum kind kind = KIND_SNS; kind < KIND_COUNT; kind++)
        kinds[kind] = (struct metric_member){ &by_kind, "kind", kind_name(kind) };
    const struct meter_config config = { .options = *options,
        .metrics = metrics,
        .count = ROWS,
        .members = kinds,
        .member_count = KIND_COUNT,
        .noun = "records",
        .apart = true,
        .read = fill,
        .context = figures };
    return meter_open(meter, &config);
}
