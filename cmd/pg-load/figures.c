#include "figures.h"

/* In the order of fill(). */
enum { SETTLED = 1 };
static const struct metric metrics[] = {
    { "sqs2pg_records_read_total", "Records read.", METRIC_COUNTER },
    { "sqs2pg_records_settled_total", "Records whose verdict is known.", METRIC_COUNTER },
    { "sqs2pg_records_committed_total", "Records whose row was committed.", METRIC_COUNTER },
    { "sqs2pg_records_duplicate_total", "Records whose key a committed row already had.",
        METRIC_COUNTER },
    { "sqs2pg_records_quarantined_total", "Records stored in the error table.", METRIC_COUNTER },
    { "sqs2pg_records_rejected_total", "Records stored nowhere.", METRIC_COUNTER },
    { "sqs2pg_records_differing_total",
        "Of the duplicates: records with other values than the row with their key.",
        METRIC_COUNTER },
    { "sqs2pg_records_unkeyed_total", "Records loaded outside the ledger.", METRIC_COUNTER },
    { "sqs2pg_records_inserted_total", "Of the committed: with --upsert, records inserted.",
        METRIC_COUNTER },
    { "sqs2pg_records_updated_total",
        "Of the committed: with --upsert, records that updated a row.", METRIC_COUNTER },
    { "sqs2pg_records_stale_total",
        "Of the committed: with --upsert, records no newer than the row.", METRIC_COUNTER },
    { "sqs2pg_batches_total", "Transactions committed.", METRIC_COUNTER },
    { "sqs2pg_faults_total", "Faults of the server or the network that batches met.",
        METRIC_COUNTER },
    { "sqs2pg_records_in_hand", "Records read whose verdict is not known yet.", METRIC_GAUGE },
    METER_LAST_SUCCESS,
    { "sqs2pg_commit_delay_seconds", "Seconds from sending a message to the commit of its row.",
        METRIC_HISTOGRAM },
};
enum { SINGLE = sizeof metrics / sizeof *metrics - 1 };

static const struct metric errors = { "sqs2pg_errors_total", "Error records, by their code.",
    METRIC_COUNTER };

/* Return the number of records without a verdict. ${oldest_ms}: since when the oldest is here, 0:
 * none. */
static uint64_t unfinished(const struct figures *figures, uint64_t *oldest_ms)
{
    uint64_t count = 0;
    for (size_t i = 0; i < figures->batch_count; i++) {
        const struct row_batch *batch = &figures->batches[i];
        if (batch->count == 0)
            continue;
        count += batch->count;
        if (*oldest_ms == 0 || batch->began_ms < *oldest_ms)
            *oldest_ms = batch->began_ms;
    }
    return count;
}

static void fill(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    const struct figures *figures = context;
    const struct counts *counts = figures->counts;
    struct counts real = *counts;
    if (figures->dry_run)
        real = (struct counts){ .committed = 0 };
    const uint64_t now[] = { figures->read,
        counts->committed + counts->duplicate + counts->quarantined + counts->rejected,
        real.committed, real.duplicate, real.quarantined, real.rejected, real.differing,
        real.unkeyed, real.inserted, real.updated, real.stale, real.batches,
        tally_faults(figures->tally), unfinished(figures, oldest_ms), figures->last_success_ms };
    _Static_assert(sizeof now / sizeof *now == SINGLE, "a value for each");
    for (size_t i = 0; i < SINGLE; i++)
        values[i] = now[i];
    histogram_read(&counts->delays, values + SINGLE);
    values += SINGLE + HISTOGRAM_VALUES;
    for (unsigned code = 0; code < REPORT_CODES; code++)
        if (report_code(code) != NULL)
            *values++ = counts->codes[code];
}

int figures_open(struct figures *figures, const struct meter_options *options, const char *table,
    struct meter **meter)
{
    struct metric_member codes[REPORT_CODES];
    size_t code_count = 0;
    for (unsigned code = 0; code < REPORT_CODES; code++)
        if (report_code(code) != NULL)
            codes[code_count++] = (struct metric_member){ &errors, "code", report_code(code) };
    const struct meter_config config = { .options = *options,
        .metrics = metrics,
        .count = sizeof metrics / sizeof *metrics,
        .members = codes,
        .member_count = code_count,
        .counted = SETTLED,
        .noun = "records",
        .label = "table",
        .value = table,
        .read = fill,
        .context = figures };
    return meter_open(meter, &config);
}
