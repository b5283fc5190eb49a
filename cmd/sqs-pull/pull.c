#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/outqueue.h"
#include "base/stop.h"
#include "format.h"
#include "hand.h"
#include "pull.h"
#include "release.h"

enum {
    MEMORY = 16 << 20,        /* for records in hand and on their way */
    LARGEST_RECORD = 1 << 20, /* until one has been seen */
    FIRST_PAUSE_MS = 250,
    SHORT_POLL_MS = 100, /* an empty answer this fast did not wait for messages */
    SHORT_POLL_PAUSE_MS = 1000,
    BLOCKED_MS = 1000,    /* at the end: how long a reader may take nothing */
    HALF_LINE_MS = 30000, /* the same with half a line written */
    RELEASE_MS = 10000
};

struct receive {
    struct call call;
    struct puller *puller;
    uint64_t begun; /* as puller.events */
    uint64_t begun_ms;
    size_t reserved; /* bytes that its messages may take */
    size_t largest;  /* record of this receive */
    bool busy;
};

struct puller {
    const struct connection *connection;
    const struct pull_options *options;
    struct pull_result *result;
    struct format *format;
    struct outqueue *out;
    struct hand hand;
    struct receive *receives;
    unsigned busy;
    size_t reserved;
    size_t largest;
    bool seen;       /* a record: ${largest} is no guess */
    uint64_t events; /* numbers the beginnings of receives and the arrivals of messages */
    uint64_t last_arrival;
    unsigned empties;      /* empty receives begun after the last arrival */
    bool seems_empty;      /* one came back empty since, whenever it began */
    uint64_t paused_until; /* monotonic */
    bool stopping;
};

/* Called while an answer is still arriving. */
static void on_message(void *context, const struct message *message)
{
    struct receive *receive = context;
    struct puller *puller = receive->puller;
    struct pull_result *result = puller->result;
    const struct buf *line;
    uint64_t lease_until =
        clock_realtime_ms() + (uint64_t)puller->options->visibility_timeout_s * 1000;
    result->received++;
    puller->last_arrival = ++puller->events;
    puller->empties = 0;
    puller->seems_empty = false;
    puller->paused_until = 0;
    switch (format_record(puller->format, message, lease_until, &line)) {
    case FORMAT_OK:
        break;
    case FORMAT_CORRUPT:
        result->corrupt++;
        msg_warn("a message does not match its checksum or is incomplete; it stays on the queue");
        return;
    case FORMAT_NO_MEMORY:
        result->no_memory = true;
        return;
    }
    uint64_t end = outqueue_written(puller->out) + outqueue_waiting(puller->out) + line->length;
    if (hand_add(&puller->hand, end, message->receipt_handle.data,
            message->receipt_handle.length) != 0) {
        result->no_memory = true;
        return;
    }
    if (outqueue_add(puller->out, line->data, line->length) != 0)
        result->no_memory = true; /* its end is never written, so it will be released */
    if (line->length > receive->largest)
        receive->largest = line->length;
}

static bool ending(const struct puller *puller)
{
    const struct pull_result *result = puller->result;
    return puller->stopping || result->no_memory || result->output_error != 0 ||
        result->error.cause != AWS_OK;
}

static bool drained(const struct puller *puller)
{
    return !puller->options->follow && puller->empties >= puller->options->empties;
}

/*
 * Whether the receives under way may prove the queue drained: once it seems empty, further ones
 * would only be waited for.
 */
static bool nearly_drained(const struct puller *puller)
{
    unsigned counting = puller->empties;
    for (unsigned i = 0; i < puller->options->parallel; i++)
        counting += puller->receives[i].busy && puller->receives[i].begun > puller->last_arrival;
    return !puller->options->follow && puller->seems_empty && counting >= puller->options->empties;
}

/* How many more messages are wanted, the requests under way counted as if all came back full. */
static uint64_t wanted(const struct puller *puller)
{
    uint64_t coming = puller->result->printed + puller->hand.count;
    if (puller->options->number == 0)
        return UINT64_MAX;
    for (unsigned i = 0; i < puller->options->parallel; i++)
        if (puller->receives[i].busy)
            coming += puller->receives[i].call.maximum;
    return coming < puller->options->number ? puller->options->number - coming : 0;
}

/*
 * How many messages the next receive may ask for; 0: none may begin. No more are held than the
 * receives could bring at once, nor than fit into memory; with nothing in hand, one always fits.
 */
static unsigned room(const struct puller *puller)
{
    size_t held = puller->hand.count;
    for (unsigned i = 0; i < puller->options->parallel; i++)
        if (puller->receives[i].busy)
            held += puller->receives[i].call.maximum;
    if (held + CALL_BATCH > (size_t)puller->options->parallel * CALL_BATCH)
        return 0;
    uint64_t count = wanted(puller);
    if (count > CALL_BATCH)
        count = CALL_BATCH;
    size_t used = outqueue_waiting(puller->out) + puller->reserved;
    size_t fitting = used < MEMORY ? (MEMORY - used) / puller->largest : 0;
    if (fitting == 0 && used == 0)
        fitting = 1;
    return fitting < count ? (unsigned)fitting : (unsigned)count;
}

static void begin(struct puller *puller, struct receive *receive, unsigned maximum)
{
    receive->call = (struct call){
        .operation = CALL_RECEIVE,
        .maximum = maximum,
        .wait_s = puller->options->wait_s,
        .visibility_timeout_s = puller->options->visibility_timeout_s,
        .on_message = on_message,
        .context = receive,
    };
    if (sqs_start(puller->connection->sqs, &receive->call) != 0) {
        puller->result->no_memory = true;
        return;
    }
    receive->begun = ++puller->events;
    receive->begun_ms = clock_monotonic_ms();
    receive->largest = 0;
    receive->reserved = puller->largest * maximum;
    receive->busy = true;
    puller->reserved += receive->reserved;
    puller->busy++;
}

static void begin_all(struct puller *puller)
{
    for (unsigned i = 0; i < puller->options->parallel; i++) {
        if (ending(puller) || nearly_drained(puller) || clock_monotonic_ms() < puller->paused_until)
            return;
        if (puller->receives[i].busy)
            continue;
        unsigned maximum = room(puller);
        if (maximum == 0)
            return;
        begin(puller, &puller->receives[i], maximum);
    }
}

/* A pause that doubles with each further empty receive. */
static void pause_after_empty(struct puller *puller, const struct receive *receive)
{
    uint64_t now = clock_monotonic_ms(), longest = puller->options->idle_backoff_ms;
    if (now - receive->begun_ms < SHORT_POLL_MS && longest < SHORT_POLL_PAUSE_MS)
        longest = SHORT_POLL_PAUSE_MS;
    uint64_t pause = FIRST_PAUSE_MS;
    for (unsigned i = 2; i < puller->empties && pause < longest; i++)
        pause *= 2;
    if (puller->empties > 1 && longest > 0)
        puller->paused_until = now + (pause < longest ? pause : longest);
}

/* A receive is back. */
static void end(struct puller *puller, struct call *call)
{
    struct receive *receive = call->context;
    receive->busy = false;
    puller->busy--;
    puller->reserved -= receive->reserved;
    if (receive->largest > puller->largest || (receive->largest > 0 && !puller->seen))
        puller->largest = receive->largest;
    else if (receive->largest > 0)
        puller->largest -= (puller->largest - receive->largest) / 8;
    puller->seen |= receive->largest > 0;
    if (call->error.cause == AWS_OK) {
        if (call->messages == 0)
            puller->seems_empty = true;
        if (call->messages == 0 && receive->begun > puller->last_arrival) {
            if (puller->empties < UINT_MAX)
                puller->empties++;
            pause_after_empty(puller, receive);
        }
        return;
    }
    if (call->error.cause != AWS_STOPPED && puller->result->error.cause == AWS_OK &&
        !puller->stopping) {
        puller->result->error = call->error;
        sqs_abandon(puller->connection->sqs);
    }
}

static void stop(struct puller *puller)
{
    puller->stopping = true;
    msg_info("stopping; %u receives under way", puller->busy);
    sqs_abandon(puller->connection->sqs);
}

static void print(struct puller *puller)
{
    if (puller->result->output_error != 0)
        return;
    if (outqueue_write(puller->out) != 0) {
        puller->result->output_error = errno;
        sqs_abandon(puller->connection->sqs);
    }
    puller->result->printed += hand_printed(&puller->hand, outqueue_written(puller->out));
}

/* Wait for the server, the reader and the stop signal; then do what came up. */
static void turn(struct puller *puller, int timeout_ms)
{
    struct pollfd fds[] = {
        { .fd = puller->stopping ? -1 : stop_fd(), .events = POLLIN },
        { .fd = puller->result->output_error != 0 ? -1 : STDOUT_FILENO,
            .events = outqueue_events(puller->out) },
    };
    if (sqs_wait(puller->connection->sqs, fds, sizeof fds / sizeof *fds, timeout_ms) != 0) {
        puller->result->no_memory = true;
        puller->busy = 0; /* nothing more can come back */
        return;
    }
    struct call *call;
    while ((call = sqs_next(puller->connection->sqs)) != NULL)
        end(puller, call);
    print(puller);
    if (!puller->stopping && stop_requested())
        stop(puller);
}

static void receive_all(struct puller *puller)
{
    for (;;) {
        begin_all(puller);
        bool over = ending(puller) || drained(puller) || wanted(puller) == 0;
        if (over && puller->busy == 0)
            return;
        uint64_t now = clock_monotonic_ms();
        turn(puller, !over && puller->paused_until > now ? (int)(puller->paused_until - now) : -1);
    }
}

/* Print what is in hand; after a stop request not for a reader that takes nothing. */
static void print_rest(struct puller *puller)
{
    uint64_t moved_ms = clock_monotonic_ms(), written = outqueue_written(puller->out);
    print(puller);
    while (puller->result->output_error == 0 && outqueue_waiting(puller->out) > 0) {
        uint64_t now = clock_monotonic_ms();
        if (outqueue_written(puller->out) != written || !puller->stopping) {
            written = outqueue_written(puller->out);
            moved_ms = now;
        }
        if (now - moved_ms >= BLOCKED_MS)
            return;
        turn(puller, BLOCKED_MS);
    }
}

/* A reader that has half a line gets the rest of it, if it takes it at all. */
static void print_half_line(struct puller *puller)
{
    uint64_t until = clock_monotonic_ms() + HALF_LINE_MS;
    while (puller->result->output_error == 0 && outqueue_waiting(puller->out) > 0) {
        if (clock_monotonic_ms() >= until)
            puller->result->output_error = ETIMEDOUT;
        else
            turn(puller, BLOCKED_MS);
    }
}

static void release_rest(struct puller *puller, struct hand_message *list)
{
    uint64_t stranded;
    uint64_t retry =
        puller->options->retry_ms < RELEASE_MS ? puller->options->retry_ms : RELEASE_MS;
    if (list == NULL)
        return;
    puller->result->released += release_messages(puller->connection->sqs, list, retry, &stranded);
    puller->result->stranded += stranded;
}

/* A drain ends when nothing has come for a while; messages that return sooner keep it going. */
static void warn_of_returning(const struct pull_options *options)
{
    if (!options->follow && options->number == 0 &&
        options->visibility_timeout_s <= options->wait_s * options->empties)
        msg_warn(
            "messages are hidden for %u s only, which is less than draining needs: they may be "
            "printed again and again",
            options->visibility_timeout_s);
}

static bool open_all(struct puller *puller)
{
    puller->format = format_new(puller->connection->queue_url);
    puller->out = outqueue_open(STDOUT_FILENO);
    puller->receives = calloc(puller->options->parallel, sizeof *puller->receives);
    if (puller->out == NULL) {
        puller->result->output_error = errno;
        return false;
    }
    puller->result->no_memory = puller->format == NULL || puller->receives == NULL;
    return !puller->result->no_memory;
}

void pull_run(const struct connection *connection, const struct pull_options *options,
    struct pull_result *result)
{
    struct puller puller = { .connection = connection,
        .options = options,
        .result = result,
        .largest = LARGEST_RECORD };
    *result = (struct pull_result){ .received = 0 };
    hand_init(&puller.hand);
    warn_of_returning(options);
    if (open_all(&puller)) {
        for (unsigned i = 0; i < options->parallel; i++)
            puller.receives[i].puller = &puller;
        receive_all(&puller);
        print_rest(&puller);
        uint64_t cut =
            result->output_error != 0 ? outqueue_written(puller.out) : outqueue_cut(puller.out);
        release_rest(&puller, hand_take_after(&puller.hand, cut));
        print_half_line(&puller);
        release_rest(&puller, hand_take_after(&puller.hand, outqueue_written(puller.out)));
    }
    hand_free(&puller.hand);
    free(puller.receives);
    outqueue_free(puller.out);
    format_free(puller.format);
}
