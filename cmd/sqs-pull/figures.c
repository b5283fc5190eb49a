#include "figures.h"

/* In this order in fill(). */
static const struct metric metrics[] = {
    { "sqs2pg_messages_printed_total", "Messages printed.", METRIC_COUNTER },
    { "sqs2pg_messages_received_total", "Messages received, corrupt ones included.",
        METRIC_COUNTER },
    { "sqs2pg_messages_released_total",
        "Messages made visible again: not printed, or without a verdict.", METRIC_COUNTER },
    { "sqs2pg_messages_corrupt_total", "Messages left on the queue for a wrong checksum.",
        METRIC_COUNTER },
    { "sqs2pg_messages_held_total",
        "Messages left on the queue behind a corrupt one of their group.", METRIC_COUNTER },
    { "sqs2pg_messages_acked_total", "Leases that a verdict ended.", METRIC_COUNTER },
    { "sqs2pg_leases_extended_total",
        "Times that the visibility timeout of a message was extended.", METRIC_COUNTER },
    { "sqs2pg_leases_lapsed_total", "Leases that ended without a verdict or a release.",
        METRIC_COUNTER },
    { "sqs2pg_requests_total", "Requests sent to SQS, repeats included.", METRIC_COUNTER },
    { "sqs2pg_messages_in_hand", "Messages read and not done with.", METRIC_GAUGE },
    { "sqs2pg_receives_at_once", "How many receives there may be at once.", METRIC_GAUGE },
    METER_LAST_SUCCESS,
};

/* With leases a message is not done with until its verdict has come back, else until it is printed.
 */
static size_t in_hand(const struct puller *puller, uint64_t *oldest_ms)
{
    size_t count = puller->unprinted.count;
    *oldest_ms = count > 0 ? puller->unprinted.first->since_ms : 0;
    if (puller->leases == NULL || leases_count(puller->leases) == 0)
        return count;
    uint64_t leased_ms = leases_oldest_ms(puller->leases);
    if (*oldest_ms == 0 || leased_ms < *oldest_ms)
        *oldest_ms = leased_ms;
    return leases_count(puller->leases) > count ? leases_count(puller->leases) : count;
}

static void fill(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    static const struct leases_counts none = { .acked = 0 };
    const struct puller *puller = context;
    const struct pull_result *result = puller->result;
    const struct leases_counts *leases =
        puller->leases == NULL ? &none : leases_counts(puller->leases);
    const uint64_t now[] = { result->printed, result->received, release_done(puller->release),
        result->corrupt, result->held, leases->acked, leases->extended, leases->lapsed,
        sqs_requests(puller->connection->sqs), in_hand(puller, oldest_ms), puller->number.number,
        puller->last_success_ms };
    _Static_assert(sizeof now / sizeof *now == sizeof metrics / sizeof *metrics,
        "a value for each");
    for (size_t i = 0; i < sizeof now / sizeof *now; i++)
        values[i] = now[i];
}

int figures_open(struct puller *puller, struct meter **meter)
{
    const struct meter_config config = { .options = puller->options->meter,
        .metrics = metrics,
        .count = sizeof metrics / sizeof *metrics,
        .noun = "messages",
        .label = "queue",
        .value = puller->connection->identity.name,
        .read = fill,
        .context = puller };
    return meter_open(meter, &config);
}
