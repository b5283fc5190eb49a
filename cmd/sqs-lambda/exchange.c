#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/stop.h"
#include "exchange.h"

/* Poll often: a frozen process may wake up long after its time to look. */
enum { RECORDS_MOST = 256 << 20, RECORDS_KEPT = 16 << 20, LOOK_AGAIN_MS = 100 };

struct exchange {
    struct verdict_parser *parser;
    struct verdict verdict;
    struct buf records;
    size_t written;
    bool warned;
};

struct exchange *exchange_new(void)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    buf_init(&exchange->records, RECORDS_MOST);
    exchange->parser = verdict_parser_new();
    if (exchange->parser == NULL) {
        exchange_free(exchange);
        return NULL;
    }
    return exchange;
}

void exchange_free(struct exchange *exchange)
{
    if (exchange == NULL)
        return;
    buf_free(&exchange->records);
    verdict_free(&exchange->verdict);
    verdict_parser_free(exchange->parser);
    free(exchange);
}

/* Write as much as the pipe takes. The end of the verdicts shows that the reader is gone. */
static void put(struct exchange *exchange, struct pipeline *pipeline)
{
    const struct buf *records = &exchange->records;
    while (pipeline_input(pipeline) >= 0 && exchange->written < records->length) {
        ssize_t done = write(pipeline_input(pipeline), records->data + exchange->written,
            records->length - exchange->written);
        if (done > 0)
            exchange->written += (size_t)done;
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            pipeline_close_input(pipeline);
    }
}

/* Return 0, or -1 when memory runs out. */
static int take(struct exchange *exchange, struct deliveries *deliveries, const struct line *line)
{
    switch (verdict_parse(exchange->parser, line->text, line->length, &exchange->verdict)) {
    case VERDICT_OK:
        return deliveries_take(deliveries, &exchange->verdict);
    case VERDICT_NO_MEMORY:
        return -1;
    case VERDICT_MALFORMED:
    case VERDICT_NO_STATUS:
        break;
    }
    if (!exchange->warned)
        msg_warn("a line of the pipeline is not a verdict: ignored, as are further ones");
    exchange->warned = true;
    return 0;
}

static void wait_for_news(struct exchange *exchange, struct pipeline *pipeline, uint64_t left_ms)
{
    bool writing = exchange->written < exchange->records.length;
    struct pollfd news[] = {
        { .fd = line_fd(pipeline_verdicts(pipeline)), .events = POLLIN },
        { .fd = writing ? pipeline_input(pipeline) : -1, .events = POLLOUT },
        { .fd = stop_fd(), .events = POLLIN },
    };
    (void)poll(news, sizeof news / sizeof *news,
        left_ms < LOOK_AGAIN_MS ? (int)left_ms : LOOK_AGAIN_MS);
    /* the caller checks everything after any event */
}

static enum exchange_result exchange_step(struct exchange *exchange, struct pipeline *pipeline,
    struct deliveries *deliveries, uint64_t until_ms)
{
    struct line line;
    /* Write a partly written record to its end: otherwise the next one would be joined to it. */
    while (deliveries_pending(deliveries) > 0 ||
        (exchange->written < exchange->records.length && pipeline_input(pipeline) >= 0)) {
        /* Before any other event: a verdict after a late thaw must not count. */
        uint64_t now = clock_realtime_ms();
        if (now >= until_ms || stop_requested())
            return EXCHANGE_LATE;
        put(exchange, pipeline);
        switch (line_next(pipeline_verdicts(pipeline), 0, &line)) {
        case LINE_OK:
            if (take(exchange, deliveries, &line) != 0)
                return EXCHANGE_NO_MEMORY;
            break;
        case LINE_AGAIN:
            wait_for_news(exchange, pipeline, until_ms - now);
            break;
        case LINE_LONG:
            break;
        case LINE_STOPPED:
            return EXCHANGE_LATE;
        case LINE_END:
        case LINE_ERROR:
            return EXCHANGE_ENDED;
        }
    }
    return EXCHANGE_SETTLED;
}

enum exchange_result exchange_run(struct exchange *exchange, struct pipeline *pipeline,
    struct deliveries *deliveries, uint64_t until_ms)
{
    buf_shrink(&exchange->records, RECORDS_KEPT);
    exchange->written = 0;
    if (deliveries_records(deliveries, &exchange->records) != 0)
        return EXCHANGE_NO_MEMORY;
    enum exchange_result result = exchange_step(exchange, pipeline, deliveries, until_ms);
    buf_shrink(&exchange->records, RECORDS_KEPT);
    return result;
}
