#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/out.h"
#include "base/start.h"
#include "base/status.h"
#include "base/stop.h"
#include "sqs/batch_loop.h"
#include "sqs/connect.h"

enum { STOPPING_TICK_MS = 200, OUTPUT_WAITING = 1 << 20 };

struct batch_loop {
    const struct batch_loop_config *config;
    struct batch_loop_result *result;
    struct batcher *batcher;
    struct line_reader *reader;
    bool ended;           /* no further input is read */
    uint64_t grace_until; /* monotonic; 0 before a stop request */
};

void batch_loop_add(struct batch_loop *loop, struct batcher_item *item)
{
    batcher_add(loop->batcher, item);
}

static void end_input(struct batch_loop *loop)
{
    loop->ended = true;
    batcher_flush(loop->batcher);
}

/*
 * Return true when the output must be watched: while something waits for its reader. A reader that
 * leaves while nothing waits has missed nothing; but when the output is needed, nothing more may be
 * sent.
 */
static bool watches_output(const struct batch_loop *loop)
{
    const struct batch_loop_config *config = loop->config;
    return config->out != NULL && loop->result->output_error == 0 &&
        (config->output_needed || outqueue_waiting(config->out) > 0);
}

/* Return the bytes that the reader has yet to take, or 0 when it has gone. */
static size_t output_waits(const struct batch_loop *loop)
{
    const struct batch_loop_config *config = loop->config;
    return config->out != NULL && loop->result->output_error == 0 ? outqueue_waiting(config->out)
                                                                  : 0;
}

static bool may_read(const struct batch_loop *loop)
{
    const struct batch_loop_config *config = loop->config;
    return !loop->ended && config->room(config->context) && output_waits(loop) < OUTPUT_WAITING;
}

static bool grace_over(const struct batch_loop *loop)
{
    return loop->grace_until != 0 && clock_monotonic_ms() >= loop->grace_until;
}

/* Take the available lines, as long as there is room. */
static void read_lines(struct batch_loop *loop)
{
    struct line line;
    while (may_read(loop)) {
        enum line_result result = line_next(loop->reader, 0, &line);
        switch (result) {
        case LINE_OK:
        case LINE_LONG:
            loop->config->on_line(loop->config->context, loop, result, &line);
            break;
        case LINE_AGAIN:
            /* The line reader counts its own grace period, but from its next call. */
            if (grace_over(loop)) {
                loop->result->cut_short = true;
                end_input(loop);
            }
            return;
        case LINE_END:
            end_input(loop);
            return;
        case LINE_STOPPED:
            loop->result->cut_short = true;
            end_input(loop);
            return;
        case LINE_ERROR:
            loop->result->input_error = errno;
            end_input(loop);
            return;
        }
    }
}

/* Stop after a failure of all: send and read nothing more, and take back all items. */
static void give_up(struct batch_loop *loop, const struct aws_error *error)
{
    loop->result->error = *error;
    end_input(loop);
    batcher_abandon(loop->batcher, error->cause);
    sqs_abandon(loop->config->batcher.sqs);
}

static void take_back(struct batch_loop *loop)
{
    struct call *call;
    struct batcher_item *item;
    while ((call = sqs_next(loop->config->batcher.sqs)) != NULL)
        if (batcher_owns(loop->batcher, call))
            batcher_take(loop->batcher, call);
    const struct aws_error *error = batcher_error(loop->batcher);
    if (error->cause != AWS_OK && loop->result->error.cause == AWS_OK)
        give_up(loop, error);
    if (loop->result->error.cause != AWS_OK)
        batcher_abandon(loop->batcher, loop->result->error.cause);
    else if (loop->config->output_needed && loop->result->output_error != 0)
        batcher_abandon(loop->batcher, AWS_STOPPED);
    while ((item = batcher_next(loop->batcher)) != NULL)
        loop->config->on_item(loop->config->context, item);
}

static void fail_output(struct batch_loop *loop, int error)
{
    loop->result->output_error = error;
    if (loop->config->output_needed) {
        end_input(loop);
        batcher_abandon(loop->batcher, AWS_STOPPED);
        sqs_abandon(loop->config->batcher.sqs);
    }
}

static void write_output(struct batch_loop *loop)
{
    struct outqueue *out = loop->config->out;
    if (watches_output(loop) && outqueue_write(out) != 0)
        fail_output(loop, errno);
}

/*
 * Start the grace period at the first sight of a stop request. After it, do not wait for a stalled
 * reader of the output: its unread output would keep us from reading.
 */
static void stopping(struct batch_loop *loop)
{
    if (loop->grace_until == 0)
        loop->grace_until = clock_monotonic_ms() + loop->config->grace_ms;
    else if (grace_over(loop) && output_waits(loop) > 0)
        fail_output(loop, ETIMEDOUT);
}

/* Return 0, or -1 when the wait itself failed. */
static int wait_for_any(struct batch_loop *loop, bool stop_seen)
{
    const struct batch_loop_config *config = loop->config;
    bool watch_output = watches_output(loop);
    int timeout = batcher_timeout(loop->batcher);
    struct pollfd fds[] = {
        { .fd = may_read(loop) ? config->input : -1, .events = POLLIN },
        { .fd = watch_output ? STDOUT_FILENO : -1,
            .events = watch_output ? outqueue_events(config->out) : 0 },
        { .fd = stop_seen ? -1 : stop_fd(), .events = POLLIN },
    };
    if (stop_seen && (timeout < 0 || timeout > STOPPING_TICK_MS))
        timeout = STOPPING_TICK_MS;
    timeout = meter_timeout(config->meter, timeout);
    return sqs_wait(config->batcher.sqs, fds, sizeof fds / sizeof *fds, timeout);
}

static void run_loop(struct batch_loop *loop)
{
    while (!loop->ended || !batcher_idle(loop->batcher) || output_waits(loop) > 0) {
        bool stop_seen = stop_requested();
        if (stop_seen)
            stopping(loop);
        read_lines(loop);
        batcher_work(loop->batcher);
        if (loop->ended && batcher_idle(loop->batcher) && output_waits(loop) == 0)
            break;
        if (wait_for_any(loop, stop_seen) != 0) {
            struct aws_error error;
            error_set(&error, AWS_NO_MEMORY, NULL, "cannot wait for answers: %s", strerror(errno));
            loop->result->error = error;
            return;
        }
        take_back(loop);
        write_output(loop);
        meter_update(loop->config->meter);
    }
    take_back(loop);
    write_output(loop);
}

void batch_loop_run(const struct batch_loop_config *config, struct batch_loop_result *result)
{
    struct batch_loop loop = { .config = config, .result = result };
    *result = (struct batch_loop_result){ .input_error = 0 };
    if (config->input == STDIN_FILENO)
        start_reading();
    loop.reader = line_open(config->input, config->maximum, config->grace_ms);
    if (loop.reader == NULL) {
        result->input_error = errno;
        return;
    }
    loop.batcher = batcher_open(&config->batcher);
    if (loop.batcher != NULL) {
        run_loop(&loop);
        batcher_free(loop.batcher);
    } else {
        error_no_memory(&result->error);
    }
    result->skipped = line_skipped(loop.reader);
    line_close(loop.reader);
}

int batch_loop_report(const struct batch_loop_result *result, bool no_memory)
{
    if (no_memory || result->input_error == ENOMEM) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    if (result->error.cause != AWS_OK)
        return connect_report(&result->error);
    if (result->input_error != 0)
        msg_error("cannot read standard input: %s", strerror(result->input_error));
    else if (result->output_error != 0)
        msg_error("cannot write to standard output: %s", out_reason(result->output_error));
    return result->input_error != 0 || result->output_error != 0 ? STATUS_IO : STATUS_OK;
}
