#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "sqs/feed.h"

enum { STOPPING_TICK_MS = 200, OUTPUT_WAITING = 1 << 20 };

struct feed {
    const struct feed_config *config;
    struct feed_result *result;
    struct batch *batch;
    struct line_reader *reader;
    bool ended;           /* nothing more is read */
    uint64_t grace_until; /* monotonic; 0: no stop request seen */
};

void feed_add(struct feed *feed, struct batch_item *item)
{
    batch_add(feed->batch, item);
}

static void end_input(struct feed *feed)
{
    feed->ended = true;
    batch_flush(feed->batch);
}

/*
 * Whether the output is looked after: while something waits for its reader. One that goes away
 * when nothing does has not missed anything, but where the output is needed nothing more may be
 * sent.
 */
static bool watches_output(const struct feed *feed)
{
    const struct feed_config *config = feed->config;
    return config->out != NULL && feed->result->output_error == 0 &&
        (config->output_needed || outqueue_waiting(config->out) > 0);
}

/* Bytes that the reader of our output has yet to take; none when it has gone. */
static size_t output_waits(const struct feed *feed)
{
    const struct feed_config *config = feed->config;
    return config->out != NULL && feed->result->output_error == 0 ? outqueue_waiting(config->out)
                                                                  : 0;
}

static bool may_read(const struct feed *feed)
{
    const struct feed_config *config = feed->config;
    return !feed->ended && config->room(config->context) && output_waits(feed) < OUTPUT_WAITING;
}

static bool grace_over(const struct feed *feed)
{
    return feed->grace_until != 0 && clock_monotonic_ms() >= feed->grace_until;
}

/* Take the lines that are there. Returns whether more may be, unread for want of room. */
static void read_lines(struct feed *feed)
{
    struct line line;
    while (may_read(feed)) {
        enum line_result result = line_next(feed->reader, 0, &line);
        switch (result) {
        case LINE_OK:
        case LINE_LONG:
            feed->config->on_line(feed->config->context, feed, result, &line);
            break;
        case LINE_AGAIN:
            /* The reader of lines counts its own time of grace, but from when it was next asked. */
            if (grace_over(feed)) {
                feed->result->cut_short = true;
                end_input(feed);
            }
            return;
        case LINE_END:
            end_input(feed);
            return;
        case LINE_STOPPED:
            feed->result->cut_short = true;
            end_input(feed);
            return;
        case LINE_ERROR:
            feed->result->input_error = errno;
            end_input(feed);
            return;
        }
    }
}

/* A failure of all: nothing more is sent or read, and all that is inside comes back. */
static void give_up(struct feed *feed, const struct aws_error *error)
{
    feed->result->error = *error;
    end_input(feed);
    batch_abandon(feed->batch, error->cause);
    sqs_abandon(feed->config->batch.sqs);
}

static void take_back(struct feed *feed)
{
    struct call *call;
    struct batch_item *item;
    while ((call = sqs_next(feed->config->batch.sqs)) != NULL)
        if (batch_owns(feed->batch, call))
            batch_take(feed->batch, call);
    const struct aws_error *error = batch_error(feed->batch);
    if (error->cause != AWS_OK && feed->result->error.cause == AWS_OK)
        give_up(feed, error);
    if (feed->result->error.cause != AWS_OK)
        batch_abandon(feed->batch, feed->result->error.cause);
    else if (feed->config->output_needed && feed->result->output_error != 0)
        batch_abandon(feed->batch, AWS_STOPPED);
    while ((item = batch_next(feed->batch)) != NULL)
        feed->config->on_item(feed->config->context, item);
}

static void fail_output(struct feed *feed, int error)
{
    feed->result->output_error = error;
    if (feed->config->output_needed) {
        end_input(feed);
        batch_abandon(feed->batch, AWS_STOPPED);
        sqs_abandon(feed->config->batch.sqs);
    }
}

static void write_output(struct feed *feed)
{
    struct outqueue *out = feed->config->out;
    if (watches_output(feed) && outqueue_write(out) != 0)
        fail_output(feed, errno);
}

/*
 * A stop request was seen: from now on the time of grace runs. A reader that takes nothing until
 * it is over is waited for no longer, or what it leaves unread would keep us from reading.
 */
static void stopping(struct feed *feed)
{
    if (feed->grace_until == 0)
        feed->grace_until = clock_monotonic_ms() + feed->config->grace_ms;
    else if (grace_over(feed) && output_waits(feed) > 0)
        fail_output(feed, ETIMEDOUT);
}

/* 0, or -1: the wait itself failed. */
static int wait(struct feed *feed, bool stop_seen)
{
    const struct feed_config *config = feed->config;
    bool watch_output = watches_output(feed);
    int timeout = batch_timeout(feed->batch);
    struct pollfd fds[] = {
        { .fd = may_read(feed) ? config->input : -1, .events = POLLIN },
        { .fd = watch_output ? STDOUT_FILENO : -1,
            .events = watch_output ? outqueue_events(config->out) : 0 },
        { .fd = stop_seen ? -1 : stop_fd(), .events = POLLIN },
    };
    if (stop_seen && (timeout < 0 || timeout > STOPPING_TICK_MS))
        timeout = STOPPING_TICK_MS;
    timeout = meter_timeout(config->meter, timeout);
    return sqs_wait(config->batch.sqs, fds, sizeof fds / sizeof *fds, timeout);
}

static void loop(struct feed *feed)
{
    while (!feed->ended || !batch_idle(feed->batch) || output_waits(feed) > 0) {
        bool stop_seen = stop_requested();
        if (stop_seen)
            stopping(feed);
        read_lines(feed);
        batch_work(feed->batch);
        if (feed->ended && batch_idle(feed->batch) && output_waits(feed) == 0)
            break;
        if (wait(feed, stop_seen) != 0) {
            struct aws_error error;
            error_set(&error, AWS_NO_MEMORY, NULL, "cannot wait for answers: %s", strerror(errno));
            feed->result->error = error;
            return;
        }
        take_back(feed);
        write_output(feed);
        meter_turn(feed->config->meter);
    }
    take_back(feed);
    write_output(feed);
}

void feed_run(const struct feed_config *config, struct feed_result *result)
{
    struct feed feed = { .config = config, .result = result };
    *result = (struct feed_result){ .input_error = 0 };
    feed.reader = line_open(config->input, config->maximum, config->grace_ms);
    if (feed.reader == NULL) {
        result->input_error = errno;
        return;
    }
    feed.batch = batch_open(&config->batch);
    if (feed.batch != NULL) {
        loop(&feed);
        batch_free(feed.batch);
    } else {
        error_set(&result->error, AWS_NO_MEMORY, NULL, "no memory");
    }
    result->skipped = line_skipped(feed.reader);
    line_close(feed.reader);
}
