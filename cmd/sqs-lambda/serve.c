#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/stop.h"
#include "event.h"
#include "exchange.h"
#include "runtime.h"
#include "serve.h"

enum { RESERVE_MS = 500, ANSWER_MOST = 6 << 20 };

struct server {
    struct runtime *runtime;
    struct pipeline *pipeline;
    struct event *event;
    struct deliveries *deliveries;
    struct exchange *exchange;
    struct runtime_invocation invocation;
    struct buf answer;
};

/* Return a short stable word, for counting the errors of the function. */
static const char *type_of(enum status status)
{
    switch (status) {
    case STATUS_USAGE:
        return "Sqs2pg.Usage";
    case STATUS_DATA:
        return "Sqs2pg.Data";
    case STATUS_UNAVAILABLE:
        return "Sqs2pg.Unavailable";
    case STATUS_TEMPORARY:
        return "Sqs2pg.Temporary";
    case STATUS_PERMISSION:
        return "Sqs2pg.Permission";
    case STATUS_CONFIG:
        return "Sqs2pg.Config";
    default:
        return "Sqs2pg.Internal";
    }
}

/* Load the messages while there is time; start again after a signal has ended a program. */
static int load(struct server *server, uint64_t until_ms, struct failure *failure)
{
    enum { TRIES = 2 };
    for (int tries = 0; tries < TRIES && deliveries_pending(server->deliveries) > 0; tries++) {
        uint64_t now = clock_realtime_ms();
        if (now >= until_ms) {
            msg_warn("no time is left for %zu messages: the function's timeout is too short",
                deliveries_pending(server->deliveries));
            break;
        }
        if (pipeline_ready(server->pipeline, until_ms - now, failure) != 0)
            return -1;
        struct failure end = { .status = STATUS_OK };
        switch (exchange_run(server->exchange, server->pipeline, server->deliveries, until_ms)) {
        case EXCHANGE_SETTLED:
            return 0;
        case EXCHANGE_LATE:
            msg_warn("%zu of %zu messages are not settled in time: ending the pipeline",
                deliveries_pending(server->deliveries), deliveries_count(server->deliveries));
            pipeline_abort(server->pipeline);
            return 0;
        case EXCHANGE_NO_MEMORY:
            pipeline_abort(server->pipeline);
            return failure_no_memory(failure);
        case EXCHANGE_ENDED:
            break;
        }
        switch (pipeline_end(server->pipeline, &end)) {
        case PIPELINE_REFUSED:
            *failure = end;
            return -1;
        case PIPELINE_WELL:
            tries = TRIES;
            break;
        case PIPELINE_KILLED:
            break;
        }
        msg_warn("%s", end.text);
    }
    return 0;
}

/* Make the answer to the invocation in server->answer, and print the summary. Return 0, or -1 with
 * ${failure}. */
static int answer(struct server *server, bool fifo, struct failure *failure)
{
    buf_clear(&server->answer);
    size_t failed = deliveries_answer(server->deliveries, fifo, &server->answer);
    if (failed == SIZE_MAX)
        return failure_no_memory(failure);
    msg_summary(failed == 0, "messages=%zu failed=%zu", deliveries_count(server->deliveries),
        failed);
    return 0;
}

static int work(struct server *server, struct failure *failure)
{
    struct runtime_invocation *invocation = &server->invocation;
    uint64_t until_ms =
        invocation->deadline_ms > RESERVE_MS ? invocation->deadline_ms - RESERVE_MS : 0;
    bool fifo = false;
    deliveries_clear(server->deliveries);
    switch (event_read(server->event, invocation->event.data, invocation->event.length,
        server->deliveries, &fifo)) {
    case EVENT_OK:
        break;
    case EVENT_NOT_JSON:
        return failure_set(failure, STATUS_DATA, "the event is not valid JSON");
    case EVENT_NOT_SQS:
        return failure_set(failure, STATUS_DATA, "the event is not from an SQS queue");
    case EVENT_NO_MEMORY:
        return failure_no_memory(failure);
    }
    size_t lacking = deliveries_count(server->deliveries) - deliveries_pending(server->deliveries);
    if (lacking > 0)
        msg_warn("%zu messages have no body, receipt handle or ARN of a queue: they fail", lacking);
    if (load(server, until_ms, failure) != 0)
        return -1;
    return answer(server, fifo, failure);
}

/* Serve one invocation. Return 0, or -1 with ${failure} when the runtime API fails. */
static int serve_one(struct server *server, struct failure *failure)
{
    struct failure cause = { .status = STATUS_OK };
    int status;
    if (work(server, &cause) == 0) {
        status = runtime_answer(server->runtime, server->invocation.id, &server->answer, failure);
    } else {
        (void)failure_report(&cause);
        status = runtime_error(server->runtime, server->invocation.id, type_of(cause.status),
            cause.text, failure);
    }
    /* A late answer is refused; the next invocation may still work. */
    if (status != 0 && failure->status == STATUS_TEMPORARY) {
        msg_warn("%s: the answer is lost", failure->text);
        failure->status = STATUS_OK;
        status = 0;
    }
    return status;
}

static int open_server(struct server *server, const struct lambda_options *options,
    struct failure *failure)
{
    *server = (struct server){ .runtime = NULL };
    buf_init(&server->invocation.event, 0);
    buf_init(&server->answer, ANSWER_MOST);
    if (getenv("SQS2PG_METRICS_DIR") != NULL)
        msg_warn("SQS2PG_METRICS_DIR is ignored: give a program --metrics-file in its options");
    server->runtime = runtime_open(getenv("AWS_LAMBDA_RUNTIME_API"), failure);
    if (server->runtime == NULL)
        return -1;
    server->pipeline = pipeline_new(options);
    server->event = event_new();
    server->deliveries = deliveries_new();
    server->exchange = exchange_new();
    return server->pipeline != NULL && server->event != NULL && server->deliveries != NULL &&
            server->exchange != NULL
        ? 0
        : failure_no_memory(failure);
}

static void close_server(struct server *server)
{
    pipeline_free(server->pipeline);
    event_free(server->event);
    deliveries_free(server->deliveries);
    exchange_free(server->exchange);
    runtime_close(server->runtime);
    buf_free(&server->invocation.event);
    buf_free(&server->answer);
}

enum status serve_run(const struct lambda_options *options, struct failure *failure)
{
    struct server server;
    if (open_server(&server, options, failure) == 0)
        while (runtime_next(server.runtime, &server.invocation, failure) == RUNTIME_OK &&
            serve_one(&server, failure) == 0 && !stop_requested())
            ;
    close_server(&server);
    return failure->status;
}
