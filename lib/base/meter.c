#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/meter.h"
#include "base/msg.h"
#include "base/progress.h"

enum { FILE_MS = 10000, LINE_MS = 250 };

#define NEVER UINT64_MAX

struct meter {
    struct meter_config config;
    struct metrics *metrics; /* NULL: not wanted */
    struct progress progress;
    uint64_t next_file_ms; /* monotonic; NEVER: not wanted */
    uint64_t next_line_ms;
    bool warned;
};

static void read_values(const struct meter *meter, uint64_t values[METRICS_MAXIMUM],
    uint64_t *oldest_ms)
{
    memset(values, 0, METRICS_MAXIMUM * sizeof *values);
    *oldest_ms = 0;
    meter->config.read(meter->config.context, values, oldest_ms);
}

static int write_file(struct meter *meter)
{
    uint64_t values[METRICS_MAXIMUM], oldest_ms;
    read_values(meter, values, &oldest_ms);
    meter->next_file_ms = clock_monotonic_ms() + FILE_MS;
    return metrics_write(meter->metrics, values);
}

const char *meter_reason(int error)
{
    return error == EINVAL ? "it is not a regular file" : strerror(error);
}

static void write_file_or_warn(struct meter *meter)
{
    if (write_file(meter) == 0 || meter->warned)
        return;
    meter->warned = true;
    msg_warn("cannot write %s: %s", meter->config.options.metrics_file, strerror(errno));
}

static void draw(struct meter *meter, uint64_t now_ms)
{
    uint64_t values[METRICS_MAXIMUM], oldest_ms;
    read_values(meter, values, &oldest_ms);
    uint64_t age_ms = oldest_ms == 0 ? PROGRESS_NONE : now_ms > oldest_ms ? now_ms - oldest_ms : 0;
    progress_draw(&meter->progress, now_ms, values[meter->config.counted], age_ms);
    meter->next_line_ms = now_ms + LINE_MS;
}

int meter_open(struct meter **out, const struct meter_config *config)
{
    bool line = config->options.progress && isatty(STDERR_FILENO);
    const char *file = config->options.metrics_file;
    *out = NULL;
    if (!line && file == NULL)
        return 0;
    struct meter *meter = calloc(1, sizeof *meter);
    if (meter == NULL)
        return -1;
    meter->config = *config;
    meter->next_file_ms = NEVER;
    meter->next_line_ms = line ? 0 : NEVER;
    progress_init(&meter->progress, config->noun);
    if (file != NULL) {
        const struct metrics_config wanted = { .file = file,
            .label = config->label,
            .value = config->value,
            .table = config->metrics,
            .count = config->count };
        meter->metrics = metrics_open(&wanted);
        if (meter->metrics == NULL || write_file(meter) != 0) {
            int error = errno;
            metrics_free(meter->metrics);
            free(meter);
            errno = error;
            return -1;
        }
    }
    *out = meter;
    return 0;
}

void meter_turn(struct meter *meter)
{
    if (meter == NULL)
        return;
    uint64_t now_ms = clock_monotonic_ms();
    if (now_ms >= meter->next_file_ms)
        write_file_or_warn(meter);
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
    uint64_t left_ms = due_ms > now_ms ? due_ms - now_ms : 0;
    if (timeout_ms >= 0 && (uint64_t)timeout_ms <= left_ms)
        return timeout_ms;
    return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

void meter_close(struct meter *meter)
{
    if (meter == NULL)
        return;
    if (meter->metrics != NULL)
        write_file_or_warn(meter);
    msg_live(NULL);
    metrics_free(meter->metrics);
    free(meter);
}
