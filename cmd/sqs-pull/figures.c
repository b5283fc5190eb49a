#include "figures.h"

/* In the order of fill(). */
enum { DEAD = 14 };
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
    { "sqs2pg_leases_extended_total", "Extensions of the visibility timeout of a message.",
        METRIC_COUNTER },
    { "sqs2pg_leases_lapsed_total", "Leases that ended without a verdict or a release.",
        METRIC_COUNTER },
    { "sqs2pg_requests_total", "Requests sent to SQS, repeats included.", METRIC_COUNTER },
    { "sqs2pg_messages_in_hand", "Messages received and not yet finished.", METRIC_GAUGE },
    { "sqs2pg_receives_at_once", "Limit of parallel receives.", METRIC_GAUGE },
    { "sqs2pg_queue_messages", "Approximate number of messages that can be received.",
        METRIC_KEPT },
    { "sqs2pg_queue_messages_in_flight", "Approximate number of messages in flight.", METRIC_KEPT },
    { "sqs2pg_queue_messages_delayed", "Approximate number of delayed messages.", METRIC_KEPT },
    { "sqs2pg_dead_letters", "Approximate number of messages on the dead-letter queue.",
        METRIC_KEPT },
    { "sqs2pg_dead_letters_grown_timestamp_seconds",
        "Time when the dead-letter queue last grew, in seconds since 1970; 0 for never.",
        METRIC_TIME },
    { "sqs2pg_oldest_message_age_seconds",
        "Highest age at receipt among the messages of the last two minutes.", METRIC_GAUGE },
    { "sqs2pg_last_idle_timestamp_seconds",
        "Time of the last empty receive with no message in hand, in seconds since 1970.",
        METRIC_TIME },
    METER_LAST_SUCCESS,
};
enum { ROWS = sizeof metrics / sizeof *metrics };

static const struct metric failures = { "sqs2pg_request_errors_total",
    "Failed requests to SQS, by cause.", METRIC_COUNTER };

/* With leases, a message is in hand until its verdict arrives; without, until it is printed. */
static size_t unfinished(const struct puller *puller, uint64_t *oldest_ms)
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
    struct puller *puller = context;
    const struct depth *depth = &puller->depth;
    const struct pull_result *result = puller->result;
    const struct leases_counts *leases =
        puller->leases == NULL ? &none : leases_counts(puller->leases);
    const uint64_t now[] = { result->printed, result->received, release_done(puller->release),
        result->corrupt, result->held, leases->acked, leases->extended, leases->lapsed,
        sqs_requests(puller->connection->sqs), unfinished(puller, oldest_ms), puller->number.number,
        depth->messages, depth->in_flight, depth->delayed, depth->dead, depth->grown_ms,
        oldest_age_ms(&puller->oldest) / 1000, puller->last_idle_ms, puller->last_success_ms };
    _Static_assert(sizeof now / sizeof *now == ROWS, "a value for each");
    for (size_t i = 0; i < ROWS; i++)
        values[i] = now[i];
    for (unsigned i = 0; i < FAILED_KINDS; i++)
        values[ROWS + i] = sqs_failed(puller->connection->sqs)->counts[i];
}

static struct meter_config config_of(const struct meter_options *options, const char *queue,
    struct metric_member members[FAILED_KINDS])
{
    for (unsigned i = 0; i < FAILED_KINDS; i++)
        members[i] = (struct metric_member){ &failures, "code", failed_word((enum failed_kind)i) };
    return (struct meter_config){ .options = *options,
        .metrics = metrics,
        .count = ROWS,
        .members = members,
        .member_count = FAILED_KINDS,
        .noun = "messages",
        .label = "queue",
        .value = queue };
}

int figures_begin(const struct meter_options *options, const char *queue)
{
    struct metric_member members[FAILED_KINDS];
    const struct meter_config config = config_of(options, queue, members);
    return meter_begin(&config);
}

int figures_open(struct puller *puller, struct meter **meter)
{
    struct metric_member members[FAILED_KINDS];
    struct meter_config config =
        config_of(&puller->options->meter, puller->connection->identity.name, members);
    config.read = fill;
    config.context = puller;
    int status = meter_open(meter, &config);
    puller->depth.dead_before = meter_earlier(*meter, DEAD);
    return status;
}
