#include "base/clock.h"
#include "figures.h"

/* In the order of fill(). */
static const struct metric metrics[] = {
    { "sqs2pg_messages_settled_total", "Messages deleted, or with --release released.",
        METRIC_COUNTER },
    { "sqs2pg_messages_lost_total", "Messages not deleted because their receipt handle was stale.",
        METRIC_COUNTER },
    { "sqs2pg_messages_failed_total", "Messages that could not be deleted.", METRIC_COUNTER },
    { "sqs2pg_verdicts_rejected_total", "Verdicts that leave their message on the queue.",
        METRIC_COUNTER },
    { "sqs2pg_verdicts_refused_total", "Lines refused.", METRIC_COUNTER },
    { "sqs2pg_verdicts_unaddressed_total", "Verdicts without a receipt handle.", METRIC_COUNTER },
    { "sqs2pg_messages_incomplete_total",
        "Messages not deleted because some of their verdicts are missing.", METRIC_COUNTER },
    { "sqs2pg_requests_total", "Requests sent to SQS, repeats included.", METRIC_COUNTER },
    { "sqs2pg_messages_in_hand", "Messages received and not yet finished.", METRIC_GAUGE },
    METER_LAST_SUCCESS,
    { "sqs2pg_delete_delay_seconds", "Seconds from sending a message to deleting it.",
        METRIC_HISTOGRAM },
};
enum { SINGLE = sizeof metrics / sizeof *metrics - 1 };

static const struct metric failures = { "sqs2pg_request_errors_total",
    "Failed requests to SQS, by cause.", METRIC_COUNTER };

void figures_done(struct figures *figures, uint64_t sent_ms)
{
    figures->last_success_ms = clock_realtime_ms();
    if (sent_ms != 0)
        histogram_add(&figures->delays,
            figures->last_success_ms > sent_ms ? figures->last_success_ms - sent_ms : 0);
}

static void fill(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    const struct figures *figures = context;
    const struct ack_result *result = figures->result;
    const uint64_t now[] = { result->done, result->lost, result->failed, result->rejected,
        result->refused, result->unaddressed, result->incomplete, sqs_requests(figures->sqs),
        figures->unacknowledged->count, figures->last_success_ms };
    _Static_assert(sizeof now / sizeof *now == SINGLE, "a value for each");
    for (size_t i = 0; i < SINGLE; i++)
        values[i] = now[i];
    histogram_read(&figures->delays, values + SINGLE);
    for (unsigned i = 0; i < FAILED_KINDS; i++)
        values[SINGLE + HISTOGRAM_VALUES + i] = sqs_failed(figures->sqs)->counts[i];
    *oldest_ms = unacknowledged_oldest_ms(figures->unacknowledged);
}

static struct meter_config config_of(const struct meter_options *options, const char *queue,
    struct metric_member members[FAILED_KINDS])
{
    for (unsigned i = 0; i < FAILED_KINDS; i++)
        members[i] = (struct metric_member){ &failures, "code", failed_word((enum failed_kind)i) };
    return (struct meter_config){ .options = *options,
        .metrics = metrics,
        .count = sizeof metrics / sizeof *metrics,
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

int figures_open(struct figures *figures, const struct meter_options *options, const char *queue,
    struct meter **meter)
{
    struct metric_member members[FAILED_KINDS];
    struct meter_config config = config_of(options, queue, members);
    config.read = fill;
    config.context = figures;
    return meter_open(meter, &config);
}
