#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/stop.h"
#include "figures.h"
#include "pull.h"
#include "puller.h"
#include "receive.h"

enum {
    TICK_MS = 1000,
    BLOCKED_MS = 1000,    /* at the end: how long to wait for a reader that reads nothing */
    HALF_LINE_MS = 30000, /* the same after half a line */
    RELEASE_MS = 10000,
    LATE_WRITER_MS = 1000, /* after an output failure: how long the FIFO may lack a writer */
    SAY_MS = 60000,        /* interval of progress messages with --follow */
    WRITER_END_MS = 1000,  /* after the last verdict: how long the writer may take to end */
    LATE_WRITER_TICK_MS = 50
};

static void stop(struct puller *puller)
{
    puller->stopping = true;
    puller->stopping_ms = clock_monotonic_ms();
    msg_info("stopping with %u open receives", puller->busy);
    if (puller->busy > 0)
        sqs_abandon(puller->connection->sqs);
}

static void print(struct puller *puller)
{
    if (puller->result->output_error != 0 || puller->out_closed)
        return;
    if (outqueue_write(puller->out) != 0) {
        puller->result->output_error = errno;
        sqs_abandon(puller->connection->sqs);
    }
    puller->result->printed +=
        unprinted_remove_until(&puller->unprinted, outqueue_written(puller->out));
}

/* Read the verdicts. */
static void read_verdicts(struct puller *puller)
{
    if (puller->leases == NULL)
        return;
    if (leases_read(puller->leases) != 0)
        puller->result->no_memory = true;
    if (acked_ended(puller->options->acked) && !puller->out_closed && !puller->fifo_ended) {
        puller->fifo_ended = true;
        sqs_abandon(puller->connection->sqs);
    }
}

static int sooner(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* With -f, log progress from time to time, for readers of the log of a service. */
static void say_how_far(struct puller *puller)
{
    const struct pull_result *result = puller->result;
    uint64_t now = clock_monotonic_ms();
    if (puller->say_ms == 0 || now < puller->say_ms)
        return;
    puller->say_ms = now + SAY_MS;
    msg_info("so far: received=%" PRIu64 " printed=%" PRIu64 " in_hand=%zu requests=%" PRIu64,
        result->received, result->printed,
        puller->leases != NULL ? leases_count(puller->leases) : puller->unprinted.count,
        sqs_requests(puller->connection->sqs));
}

/* Return the milliseconds until the next progress message, or -1 for never. */
static int say_timeout(const struct puller *puller)
{
    uint64_t now = clock_monotonic_ms();
    if (puller->say_ms == 0)
        return -1;
    return puller->say_ms > now ? (int)(puller->say_ms - now) : 0;
}

/* Wait for the server, the reader, verdicts and the stop signal; then handle the events. */
static void run_once(struct puller *puller, int timeout_ms)
{
    bool printing = puller->result->output_error == 0 && !puller->out_closed;
    bool leasing = puller->leases != NULL;
    if (leasing) {
        leases_work(puller->leases);
        timeout_ms = sooner(timeout_ms, leases_timeout(puller->leases));
    }
    release_work(puller->release);
    timeout_ms = sooner(timeout_ms, release_timeout(puller->release));
    if (depth_work(&puller->depth) != 0)
        puller->result->no_memory = true;
    timeout_ms = sooner(timeout_ms, depth_timeout(&puller->depth));
    timeout_ms = sooner(timeout_ms, say_timeout(puller));
    struct pollfd fds[] = {
        { .fd = puller->stopping ? -1 : stop_fd(), .events = POLLIN },
        { .fd = printing ? STDOUT_FILENO : -1, .events = outqueue_events(puller->out) },
        { .fd = leasing ? acked_fd(puller->options->acked) : -1, .events = POLLIN },
    };
    timeout_ms = meter_timeout(puller->meter, timeout_ms);
    if (sqs_wait(puller->connection->sqs, fds, sizeof fds / sizeof *fds, timeout_ms) != 0) {
        if (puller->result->error.cause == AWS_OK)
            error_set(&puller->result->error, AWS_NO_MEMORY, NULL, "cannot wait for answers: %s",
                strerror(errno));
        puller->result->no_memory = true;
        puller->busy = 0; /* no call can return any more */
        return;
    }
    struct call *call;
    while ((call = sqs_next(puller->connection->sqs)) != NULL)
        if (!depth_take(&puller->depth, call) && !release_take(puller->release, call) &&
            !(leasing && leases_take(puller->leases, call)))
            receive_take(puller, call);
    print(puller);
    receive_look(puller);
    read_verdicts(puller);
    meter_update(puller->meter);
    say_how_far(puller);
    if (!puller->stopping && stop_requested())
        stop(puller);
}

static void receive_all(struct puller *puller)
{
    for (;;) {
        receive_begin(puller);
        bool over = receive_over(puller);
        if (over && puller->busy == 0)
            return;
        run_once(puller, over ? -1 : receive_timeout(puller));
    }
}

/* Print the received messages; after a stop request, do not wait for a stalled reader. */
static void print_rest(struct puller *puller)
{
    uint64_t moved_ms = clock_monotonic_ms(), written = outqueue_written(puller->out);
    print(puller);
    while (puller->result->output_error == 0 && !puller->fifo_ended && !puller->result->no_memory &&
        outqueue_waiting(puller->out) > 0) {
        uint64_t now = clock_monotonic_ms();
        if (outqueue_written(puller->out) != written || !puller->stopping) {
            written = outqueue_written(puller->out);
            moved_ms = now;
        }
        if (now - moved_ms >= BLOCKED_MS)
            return;
        run_once(puller, BLOCKED_MS);
    }
}

/* Write the rest of a half-written line, if the reader takes it at all. */
static void print_half_line(struct puller *puller)
{
    uint64_t until = clock_monotonic_ms() + HALF_LINE_MS;
    while (puller->result->output_error == 0 && outqueue_waiting(puller->out) > 0) {
        if (clock_monotonic_ms() >= until || puller->result->no_memory)
            puller->result->output_error = ETIMEDOUT;
        else
            run_once(puller, BLOCKED_MS);
    }
}

/* Wait, within a limit, until all unprinted messages and ended leases are released. */
static void release_all(struct puller *puller)
{
    uint64_t retry =
        puller->options->retry_ms < RELEASE_MS ? puller->options->retry_ms : RELEASE_MS;
    uint64_t until = clock_monotonic_ms() + retry;
    while (!release_idle(puller->release) ||
        (puller->leases != NULL && puller->out_closed && !leases_idle(puller->leases))) {
        if (puller->result->no_memory) {
            release_abandon(puller->release); /* to count them */
            return;
        }
        if (clock_monotonic_ms() >= until) {
            if (puller->leases != NULL && puller->out_closed)
                leases_release_all(puller->leases);
            release_abandon(puller->release);
            sqs_abandon(puller->connection->sqs);
        }
        run_once(puller, TICK_MS);
    }
}

/* Release the messages whose lines end after ${cut}: they will not be printed. */
static void release_after(struct puller *puller, uint64_t cut)
{
    struct unprinted_message *message;
    while ((message = unprinted_take_after(&puller->unprinted, cut)) != NULL) {
        const char *handle = message->text + message->id_length;
        if (puller->leases == NULL ||
            leases_withdraw(puller->leases, message->text, message->id_length, handle,
                message->handle_length))
            (void)release_add(puller->release, handle, message->handle_length);
        free(message);
    }
    release_all(puller);
}

/* Close the output, which is the end of input for the reader. Keep the descriptor number in use: a
 * connection must not get it. */
static void close_output(struct puller *puller)
{
    puller->out_closed = true;
    puller->closed_ms = clock_monotonic_ms();
    if (close(STDOUT_FILENO) != 0 && puller->result->output_error == 0)
        puller->result->output_error = errno;
    (void)open("/dev/null", O_WRONLY | O_CLOEXEC);
}

/* Return the deadline of the wait for verdicts, as long as nothing changes (monotonic ms);
 * UINT64_MAX: none. */
static uint64_t deadline(struct puller *puller, uint64_t began_ms)
{
    const struct pull_options *options = puller->options;
    uint64_t until = UINT64_MAX;
    if (leases_done(puller->leases))
        return began_ms + WRITER_END_MS;
    if (!acked_has_writer(options->acked))
        until = puller->closed_ms + options->grace_ms;
    /* All leases have ended; only verdicts on stale handles can arrive, or none. */
    if (leases_count(puller->leases) == 0 && began_ms + options->grace_ms < until)
        until = began_ms + options->grace_ms;
    if (puller->stopping && puller->stopping_ms + options->grace_ms < until)
        until = puller->stopping_ms + options->grace_ms;
    if (puller->result->output_error != 0 && !acked_has_writer(options->acked))
        until = began_ms + LATE_WRITER_MS;
    return until;
}

/* Extend messages until their verdicts arrive, or until no process is left to write them. */
static void await_verdicts(struct puller *puller)
{
    uint64_t began_ms = clock_monotonic_ms();
    bool done = false;
    while (!acked_ended(puller->options->acked) && !puller->result->no_memory) {
        uint64_t now = clock_monotonic_ms();
        if (leases_count(puller->leases) > 0 && puller->result->output_error == 0)
            began_ms = now;
        if (leases_done(puller->leases) && !done) {
            done = true;
            began_ms = now;
        }
        uint64_t until = deadline(puller, began_ms);
        if (now >= until) {
            if (!acked_has_writer(puller->options->acked))
                msg_warn("no process has opened the --acked FIFO, so no verdict can arrive");
            return;
        }
        int tick = puller->result->output_error != 0 ? LATE_WRITER_TICK_MS : TICK_MS;
        run_once(puller, until - now < (uint64_t)tick ? (int)(until - now) : tick);
    }
}

/* A drain ends when nothing new arrives for a while; messages that return earlier are received
 * again. */
static void warn_of_returning(const struct pull_options *options)
{
    if (!options->follow && options->number == 0 && options->acked == NULL &&
        options->visibility_timeout_s <= options->wait_s * options->empties)
        msg_warn("messages are hidden for only %u s, less than draining needs: they may be "
                 "printed more than once",
            options->visibility_timeout_s);
}

static bool open_all(struct puller *puller)
{
    const struct pull_options *options = puller->options;
    struct sqs *sqs = puller->connection->sqs;
    const struct leases_config leases = {
        .sqs = sqs,
        .acked = options->acked,
        .maximum = options->max_in_flight,
        .longest_ms = options->max_lease_ms,
        .visibility_timeout_s = options->visibility_timeout_s,
        .retry_ms = options->retry_ms,
        .fifo = queue_is_fifo(puller->connection->identity.name),
    };
    uint64_t retry_ms = options->retry_ms < RELEASE_MS ? options->retry_ms : RELEASE_MS;
    puller->out = outqueue_open(STDOUT_FILENO);
    if (puller->out == NULL) {
        puller->result->output_error = errno;
        return false;
    }
    const struct format_options format = {
        .attributes = &options->attributes,
        .fifo_ids = options->fifo_ids,
    };
    puller->format = format_new(puller->connection->queue_url, &format);
    puller->release = release_new(sqs, retry_ms);
    puller->known = known_new();
    if (options->acked != NULL)
        puller->leases = leases_new(&leases);
    puller->result->no_memory = puller->format == NULL || puller->known == NULL ||
        puller->release == NULL || (options->acked != NULL && puller->leases == NULL) ||
        receive_init(puller) != 0;
    return !puller->result->no_memory;
}

static void run(struct puller *puller)
{
    struct pull_result *result = puller->result;
    receive_all(puller);
    print_rest(puller);
    bool failed = result->output_error != 0;
    release_after(puller, failed ? outqueue_written(puller->out) : outqueue_cut(puller->out));
    print_half_line(puller);
    release_after(puller, outqueue_written(puller->out));
    result->fifo_ended = puller->fifo_ended;
    close_output(puller);
    if (puller->leases != NULL)
        await_verdicts(puller);
    if (receive_done(puller))
        puller->last_idle_ms = clock_realtime_ms();
    if (puller->leases != NULL) {
        result->silent = puller->stopping ? 0 : leases_count(puller->leases);
        leases_end(puller->leases, puller->release);
        release_all(puller);
        const struct leases_counts *counts = leases_counts(puller->leases);
        result->acked = counts->acked;
        result->extended = counts->extended;
        result->lapsed = counts->lapsed;
        result->expired = puller->stopping ? 0 : counts->expired;
    }
    result->unreadable = sqs_unreadable(puller->connection->sqs);
    result->released = release_done(puller->release);
    result->unreleased = release_unreleased(puller->release);
}

unsigned pull_requests(const struct pull_options *options)
{
    unsigned requests = receive_most(options);
    if (options->acked != NULL)
        requests += LEASES_REQUESTS + 4;
    return options->meter.metrics_file == NULL ? requests : requests + DEPTH_REQUESTS;
}

void pull_run(const struct connection *connection, const struct pull_options *options,
    struct pull_result *result)
{
    struct puller puller = { .connection = connection, .options = options, .result = result };
    *result = (struct pull_result){ .received = 0 };
    unprinted_init(&puller.unprinted);
    warn_of_returning(options);
    depth_init(&puller.depth, options->meter.metrics_file == NULL ? NULL : connection);
    if (options->follow && msg_level() >= MSG_VERBOSE)
        puller.say_ms = clock_monotonic_ms() + SAY_MS;
    if (open_all(&puller)) {
        if (figures_open(&puller, &puller.meter) == 0)
            run(&puller);
        else
            result->metrics_error = errno;
    }
    meter_close(puller.meter);
    leases_free(puller.leases);
    release_free(puller.release);
    unprinted_free(&puller.unprinted);
    known_free(puller.known);
    receive_free(&puller);
    outqueue_free(puller.out);
    format_free(puller.format);
}
