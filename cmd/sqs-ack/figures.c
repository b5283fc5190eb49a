#include "figures.h"

/* In this order in fill(). */
static const struct metric metrics[] = {
    { "sqs2pg_messages_settled_total", "Messages deleted, or with --release released.",
        METRIC_COUNTER },
    { "sqs2pg_messages_lost_total", "Messages not deleted, because their receipt handle was stale.",
        METRIC_COUNTER },
    { "sqs2pg_messages_failed_total", "Messages that could not be deleted.", METRIC_COUNTER },
    { "sqs2pg_verdicts_rejected_total", "Verdicts that leave their message on the queue.",
        METRIC_COUNTER },
    { "sqs2pg_verdicts_refused_total", "Lines that were not acted on.", METRIC_COUNTER },
    { "sqs2pg_verdicts_unaddressed_total", "Verdicts without a receipt handle.", METRIC_COUNTER },
    { "sqs2pg_messages_incomplete_total",
        "Messages not deleted, because not all verdicts on them came.", METRIC_COUNTER },
    { "sqs2pg_requests_total", "Requests sent to SQS, repeats included.", METRIC_COUNTER },
    { "sqs2pg_messages_in_hand", "Messages read and not done with.", METRIC_GAUGE },
    METER_LAST_SUCCESS,
};

static void fill(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    const struct figures *figures = context;
    const struct ack_result *result = figures->result;
    const uint64_t now[] = { result->done, result->lost, result->failed, result->rejected,
        result->refused, result->unaddressed, result->incomplete, sqs_requests(figures->sqs),
        figures->unacknowledged->count, figures->last_success_ms };
    _Static_assert(sizeof now / sizeof *now == sizeof metrics / sizeof *metrics,
        "a value for each");
    for (size_t i = 0; i < sizeof now / sizeof *now; i++)
        values[i] = now[i];
    *oldest_ms = unacknowledged_oldest_ms(figures->unacknowledged);
}

int figures_open(struct figures *figures, const struct meter_options *options, const char *queue,
    struct meter **meter)
{
    const struct meter_config config = { .options = *options,
        .metrics = metrics,
        .count = sizeof metrics / sizeof *metrics,
        .noun = "messages",
        .label = "queue",
        .value = queue,
        .read = fill,
        .context = figures };
    return meter_open(meter, &config);
}
