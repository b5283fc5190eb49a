#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "key_source.h"
#include "pipeline.h"
#include "stage.h"

enum {
    LONGEST_VERDICT = 4 << 20,
    FIRST_FREE = 10, /* above the descriptors that a program starts with */
    TICK_MS = 2,
    LEAVE_MS = 300, /* for programs whose neighbour has ended */
    ABORT_MS = 150  /* for the loader to cancel its batch */
};

struct pipeline {
    const struct lambda_options *options;
    struct stage stages[STAGES_MOST];
    size_t count; /* 0 when it is not running */
    int input;
    int output;
    struct line_reader *verdicts;
};

struct pipeline *pipeline_new(const struct lambda_options *options)
{
    struct pipeline *pipeline = calloc(1, sizeof *pipeline);
    if (pipeline == NULL)
        return NULL;
    pipeline->options = options;
    pipeline->input = pipeline->output = -1;
    return pipeline;
}

int pipeline_input(const struct pipeline *pipeline)
{
    return pipeline->input;
}

struct line_reader *pipeline_verdicts(const struct pipeline *pipeline)
{
    return pipeline->verdicts;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void pipeline_close_input(struct pipeline *pipeline)
{
    close_end(&pipeline->input);
}

/* ---- ending the pipeline ---- */

static bool all_have_ended(struct pipeline *pipeline)
{
    bool all = true;
    for (size_t i = 0; i < pipeline->count; i++)
        all = stage_has_ended(&pipeline->stages[i], false) && all;
    return all;
}

static void wait_for_all(struct pipeline *pipeline, uint64_t most_ms)
{
    uint64_t until = clock_monotonic_ms() + most_ms;
    while (!all_have_ended(pipeline) && clock_monotonic_ms() < until)
        (void)poll(NULL, 0, TICK_MS);
}

/* Kill the programs that still run, so that none is left. */
static void kill_all(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->count; i++)
        stage_signal(&pipeline->stages[i], SIGKILL);
    for (size_t i = 0; i < pipeline->count; i++) {
        (void)stage_has_ended(&pipeline->stages[i], true);
        stage_free(&pipeline->stages[i]);
    }
    pipeline->count = 0;
    line_close(pipeline->verdicts);
    pipeline->verdicts = NULL;
    close_end(&pipeline->input);
    close_end(&pipeline->output);
}

/* Statuses by severity, the worst last; any other, as after a signal, is worse. */
static int severity(int status)
{
    static const int known[] = { 0, 1, 74, 75, 65, 69, 77, 78, 64 };
    int at = 0, count = (int)(sizeof known / sizeof *known);
    while (at < count && known[at] != status)
        at++;
    return at;
}

static bool is_for_good(int status)
{
    return status == STATUS_USAGE || status == STATUS_UNAVAILABLE || status == STATUS_PERMISSION ||
        status == STATUS_CONFIG;
}

/* Meanings of the statuses as in sqs2pg(7). */
static const char *meaning(int status)
{
    switch (status) {
    case STATUS_USAGE:
        return "its command line is wrong";
    case STATUS_DATA:
        return "too many records were refused";
    case STATUS_UNAVAILABLE:
        return "refused for good";
    case STATUS_IO:
        return "input or output failed";
    case STATUS_TEMPORARY:
        return "a temporary failure outlasted the retries";
    case STATUS_PERMISSION:
        return "a file that others may read or write";
    case STATUS_CONFIG:
        return "a key, policy or map is wrong";
    default:
        return "it ended before its input";
    }
}

enum pipeline_end pipeline_end(struct pipeline *pipeline, struct failure *failure)
{
    const struct stage *cause = NULL;
    close_end(&pipeline->input);
    wait_for_all(pipeline, LEAVE_MS);
    for (size_t i = 0; i < pipeline->count; i++) {
        const struct stage *stage = &pipeline->stages[i];
        if (stage->process == 0 && !stage->ended_by_us &&
            (cause == NULL || severity(stage->status) >= severity(cause->status)))
            cause = stage;
    }
    struct stage copy = cause != NULL ? *cause : (struct stage){ .name = "the pipeline" };
    kill_all(pipeline);
    if (copy.status > 128)
        failure_set(failure, STATUS_INTERNAL, "signal %d ended %s", copy.status - 128, copy.name);
    else
        failure_set(failure, STATUS_TEMPORARY, "%s ended with status %d: %s", copy.name,
            copy.status, meaning(copy.status));
    if (copy.status > 128)
        return PIPELINE_KILLED;
    if (!is_for_good(copy.status))
        return PIPELINE_WELL;
    failure->status = (enum status)copy.status;
    return PIPELINE_REFUSED;
}

void pipeline_abort(struct pipeline *pipeline)
{
    close_end(&pipeline->input);
    if (pipeline->count > 0) {
        stage_signal(&pipeline->stages[pipeline->count - 1], SIGTERM);
        wait_for_all(pipeline, ABORT_MS);
    }
    kill_all(pipeline);
}

void pipeline_free(struct pipeline *pipeline)
{
    if (pipeline != NULL)
        pipeline_abort(pipeline);
    free(pipeline);
}

/* ---- starting the pipeline ---- */

/* Make a pipe with both ends close-on-exec and above the first descriptors. */
static int make_pipe(int *reading, int *writing)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    *reading = fcntl(ends[0], F_DUPFD_CLOEXEC, FIRST_FREE);
    *writing = fcntl(ends[1], F_DUPFD_CLOEXEC, FIRST_FREE);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return *reading < 0 || *writing < 0 ? -1 : 0;
}

/* Only this process has the end, so the flag affects no other. */
static int unblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags == -1 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* Start each program with the reading end of the pipe before it and the writing end of the next. */
static int start_all(struct pipeline *pipeline, int key, struct failure *failure)
{
    int reading = -1, writing = -1, next = -1, status = 0;
    if (make_pipe(&reading, &pipeline->input) != 0)
        status = -1;
    for (size_t i = 0; status == 0 && i < pipeline->count; i++) {
        status = make_pipe(&next, &writing);
        if (status == 0 && stage_start(&pipeline->stages[i], reading, writing, key, failure) != 0)
            status = -1;
        close_end(&reading);
        close_end(&writing);
        reading = next;
        next = -1;
    }
    pipeline->output = reading;
    close_end(&writing);
    close_end(&next);
    if (status == 0 &&
        (unblock(pipeline->input) != 0 || unblock(pipeline->output) != 0 ||
            (pipeline->verdicts = line_open(pipeline->output, LONGEST_VERDICT, 0)) == NULL))
        status = -1;
    if (status != 0 && failure->status == STATUS_OK)
        failure_set(failure, STATUS_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    return status;
}

static int start(struct pipeline *pipeline, uint64_t within_ms, struct failure *failure)
{
    int key = -1;
    int count = stage_list(pipeline->stages, pipeline->options, failure);
    if (count < 0)
        return -1;
    pipeline->count = (size_t)count;
    if (key_source_is_command())
        key = key_source_open(within_ms, failure);
    int status = failure->status == STATUS_OK ? start_all(pipeline, key, failure) : -1;
    close_end(&key);
    if (status != 0)
        kill_all(pipeline);
    return status;
}

static bool is_whole(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->count; i++)
        if (stage_has_ended(&pipeline->stages[i], false))
            return false;
    return pipeline->count > 0;
}

int pipeline_ready(struct pipeline *pipeline, uint64_t within_ms, struct failure *failure)
{
    struct failure past = { .status = STATUS_OK };
    if (is_whole(pipeline))
        return 0;
    if (pipeline->count > 0) {
        (void)pipeline_end(pipeline, &past);
        msg_warn("%s: starting again", past.text);
    }
    return start(pipeline, within_ms, failure);
}
