#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/meter.h"
#include "base/metrics_feed.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/progress.h"

enum { FILE_MS = 10000, LINE_MS = 250, LABEL_MOST = 200 };

#define NEVER UINT64_MAX

struct meter {
    struct meter_config config;
    struct progress progress;
    uint64_t next_file_ms; /* monotonic; NEVER: not wanted */
    uint64_t next_line_ms;
};

/*
 * One for the process, as there is one exit status. The file stays open for longer than the values
 * can be read.
 */
static struct {
    const char *name;
    struct metrics *metrics; /* one of these two, or neither: not wanted */
    struct metrics_feed *feed;
    uint64_t values[METRICS_MAXIMUM]; /* the latest */
    bool begun;                       /* by meter_begin(), which meter_open() goes on with */
    bool warned;
} kept;

static void give_back(void)
{
    metrics_feed_free(kept.feed);
    metrics_free(kept.metrics);
    memset(&kept, 0, sizeof kept);
}

static bool is_kept(void)
{
    return kept.metrics != NULL || kept.feed != NULL;
}

static void read_values(const struct meter *meter, uint64_t *oldest_ms)
{
    memset(kept.values, 0, sizeof kept.values);
    *oldest_ms = 0;
    if (meter->config.read != NULL) {
        meter->config.read(meter->config.context, kept.values, oldest_ms);
        return;
    }
    for (size_t i = 0; i < meter->config.count; i++)
        if (meter->config.metrics[i].kind == METRIC_KEPT)
            kept.values[i] = METRICS_UNKNOWN;
}

static int write_file(int status)
{
    return kept.feed != NULL ? metrics_feed_send(kept.feed, kept.values, status)
                             : metrics_write(kept.metrics, kept.values, status);
}

const char *meter_reason(int error)
{
    return error == EINVAL ? "it is not a regular file" : strerror(error);
}

/* Also called in the process that keeps the file for this one. */
static void report_failure(void *context, int error)
{
    (void)context;
    if (!kept.warned)
        msg_warn("cannot write %s: %s", kept.name, strerror(error));
    kept.warned = true;
}

static void write_file_or_warn(int status)
{
    if (write_file(status) != 0)
        report_failure(NULL, errno);
}

static void draw(struct meter *meter, uint64_t now_ms)
{
    uint64_t oldest_ms;
    read_values(meter, &oldest_ms);
    uint64_t age_ms = oldest_ms == 0 ? PROGRESS_NONE : now_ms > oldest_ms ? now_ms - oldest_ms : 0;
    progress_draw(&meter->progress, now_ms, kept.values[meter->config.counted], age_ms);
    meter->next_line_ms = now_ms + LINE_MS;
}

/*
 * Open the file for ${kept}, or leave one that another process keeps. Return 0, or -1 with errno.
 */
static int open_file(const struct meter_config *config)
{
    const struct metrics_config wanted = { .file = config->options.metrics_file,
        .label = config->label,
        .value = config->value,
        .further = config->options.metrics_label,
        .table = config->metrics,
        .count = config->count,
        .members = config->members,
        .member_count = config->member_count };
    kept.name = wanted.file;
    kept.metrics = metrics_open(&wanted);
    if (kept.metrics == NULL && errno == EWOULDBLOCK) {
        msg_warn("another process keeps %s: it will not show this run", wanted.file);
        return 0;
    }
    return kept.metrics == NULL ? -1 : 0;
}

/* Return 0, or -1 with errno. */
static int start_file(struct meter *meter)
{
    const struct meter_config *config = &meter->config;
    uint64_t oldest_ms;
    if (!kept.begun && open_file(config) != 0)
        return -1;
    if (kept.metrics == NULL)
        return 0; /* another process keeps it */
    read_values(meter, &oldest_ms);
    if (write_file(METRICS_RUNNING) != 0)
        return -1;
    if (config->apart) {
        struct metrics *metrics = kept.metrics;
        kept.metrics = NULL;
        kept.feed = metrics_feed_start(metrics, metrics_count(metrics), report_failure, NULL);
        if (kept.feed == NULL)
            return -1;
    }
    meter->next_file_ms = clock_monotonic_ms() + FILE_MS;
    return 0;
}

int meter_open(struct meter **out, const struct meter_config *config)
{
    bool line = config->options.progress && isatty(STDERR_FILENO);
    *out = NULL;
    if (!kept.begun)
        give_back();
    if (!line && config->options.metrics_file == NULL)
        return 0;
    struct meter *meter = calloc(1, sizeof *meter);
    if (meter == NULL)
        return -1;
    meter->config = *config;
    meter->next_file_ms = NEVER;
    meter->next_line_ms = line ? 0 : NEVER;
    progress_init(&meter->progress, config->noun);
    if (config->options.metrics_file != NULL && start_file(meter) != 0) {
        int error = errno;
        give_back();
        free(meter);
        errno = error;
        return -1;
    }
    kept.begun = false;
    *out = meter;
    return 0;
}

int meter_begin(const struct meter_config *config)
{
    struct meter_config begun = *config;
    struct meter *meter;
    begun.options.progress = false;
    begun.read = NULL;
    if (meter_open(&meter, &begun) != 0)
        return -1;
    kept.begun = meter != NULL;
    free(meter);
    return 0;
}

uint64_t meter_earlier(const struct meter *meter, size_t index)
{
    return meter == NULL || kept.metrics == NULL ? METRICS_UNKNOWN
                                                 : metrics_earlier(kept.metrics, index);
}

int meter_take_label(const char *value, struct meter_options *options)
{
    static const char *const taken[] = { "program", "table", "path", "code", "kind", "version",
        "le" };
    size_t length = strspn(value, "abcdefghijklmnopqrstuvwxyz_");
    bool plain = strlen(value) <= LABEL_MOST;
    for (const char *at = value; *at != '\0'; at++)
        plain = plain && *at >= ' ' && *at <= '~';
    if (!plain || length == 0 || value[length] != '=' || strncmp(value, "__", 2) == 0)
        return opt_usage("option --metrics-label takes NAME=VALUE, a name of lower-case letters");
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strlen(taken[i]) == length && strncmp(value, taken[i], length) == 0)
            return opt_usage("option --metrics-label: %s is a label already", taken[i]);
    options->metrics_label = value;
    return 0;
}

void meter_update(struct meter *meter)
{
    if (meter == NULL)
        return;
    uint64_t now_ms = clock_monotonic_ms(), oldest_ms;
    if (now_ms >= meter->next_file_ms) {
        read_values(meter, &oldest_ms);
        write_file_or_warn(METRICS_RUNNING);
        meter->next_file_ms = clock_monotonic_ms() + FILE_MS;
    }
    if (now_ms >= meter->next_line_ms)
        draw(meter, now_ms);
}

int meter_timeout(const struct meter *meter, int timeout_ms)
{
    if (meter == NULL)
        return timeout_ms;
    uint64_t now_ms = clock_monotonic_ms();
    uint64_t due_ms =
        meter->next_file_ms < meter->next_line_ms ? meter->next_file_ms : meter->next_line_ms;
    if (due_ms == NEVER)
        return timeout_ms;
    uint64_t left_ms = due_ms > now_ms ? due_ms - now_ms : 0;
    if (timeout_ms >= 0 && (uint64_t)timeout_ms <= left_ms)
        return timeout_ms;
    return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

void meter_close(struct meter *meter)
{
    if (meter == NULL)
        return;
    uint64_t oldest_ms;
    read_values(meter, &oldest_ms);
    if (is_kept())
        write_file_or_warn(METRICS_RUNNING);
    msg_live(NULL);
    free(meter);
}

int meter_descriptor(void)
{
    return kept.feed != NULL ? metrics_feed_descriptor(kept.feed) : -1;
}

int meter_exit(int status)
{
    if (is_kept())
        write_file_or_warn(status);
    give_back();
    return status;
}
