#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/msg.h"

enum { FILE_MAXIMUM = 64 << 10 };

struct metrics {
    struct metrics_config config;
    struct buf labels; /* {program="…",…} */
    struct buf text;
    char *temporary;
    uint64_t started_ms;
    uint64_t times[METRICS_MAXIMUM]; /* the latest known of each METRIC_TIME */
};

static void label(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s=\"", name);
    for (; *value != '\0'; value++) {
        if (*value == '\\' || *value == '"')
            buf_putc(out, '\\');
        if (*value == '\n')
            buf_puts(out, "\\n");
        else
            buf_putc(out, *value);
    }
    buf_putc(out, '"');
}

static int prepare(struct metrics *metrics)
{
    const struct metrics_config *config = &metrics->config;
    struct buf *labels = &metrics->labels;
    buf_putc(labels, '{');
    label(labels, "program", msg_program());
    if (config->label != NULL) {
        buf_putc(labels, ',');
        label(labels, config->label, config->value);
    }
    buf_putc(labels, '}');
    if (buf_cstr(labels) == NULL || labels->failed)
        return -1;
    return asprintf(&metrics->temporary, "%s.%ld.tmp", config->file, (long)getpid()) < 0 ? -1 : 0;
}

/* Read the earlier file, if there is one; 0, or -1 with errno. */
static int read_earlier(struct metrics *metrics)
{
    struct stat status;
    if (lstat(metrics->config.file, &status) != 0)
        return errno == ENOENT ? 0 : -1;
    /* To rename over a device or a link would replace it. */
    if (!S_ISREG(status.st_mode)) {
        errno = EINVAL;
        return -1;
    }
    int fd = open(metrics->config.file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return 0; /* one that may be replaced but not read */
    char *place;
    ssize_t got = 0;
    while ((place = buf_reserve(&metrics->text, FILE_MAXIMUM / 16)) != NULL &&
        (got = read(fd, place, FILE_MAXIMUM / 16)) > 0)
        metrics->text.length += (size_t)got;
    (void)close(fd);
    return 0;
}

/* The time that a sample of the earlier file has, or 0. */
static uint64_t earlier_time(struct metrics *metrics, const struct metric *metric)
{
    struct buf series;
    uint64_t seconds = 0, ms = 0;
    const char *text = buf_cstr(&metrics->text);
    buf_init(&series, FILE_MAXIMUM);
    buf_printf(&series, "\n%s%s ", metric->name, metrics->labels.data);
    const char *name = buf_cstr(&series);
    const char *found = text == NULL || name == NULL ? NULL : strstr(text, name);
    if (found == NULL ||
        /* The widths keep the numbers within their type. NOLINTNEXTLINE(cert-err34-c) */
        sscanf(found + series.length, "%13" SCNu64 ".%3" SCNu64, &seconds, &ms) < 1)
        seconds = ms = 0;
    buf_free(&series);
    return seconds * 1000 + ms;
}

struct metrics *metrics_open(const struct metrics_config *config)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    if (metrics == NULL)
        return NULL;
    metrics->config = *config;
    metrics->started_ms = clock_realtime_ms();
    buf_init(&metrics->labels, FILE_MAXIMUM / 16);
    buf_init(&metrics->text, FILE_MAXIMUM);
    if (prepare(metrics) != 0 || read_earlier(metrics) != 0) {
        int error = errno;
        metrics_free(metrics);
        errno = error;
        return NULL;
    }
    for (size_t i = 0; i < config->count; i++)
        if (config->table[i].kind == METRIC_TIME)
            metrics->times[i] = earlier_time(metrics, &config->table[i]);
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics == NULL)
        return;
    buf_free(&metrics->labels);
    buf_free(&metrics->text);
    free(metrics->temporary);
    free(metrics);
}

static void sample(struct metrics *metrics, const struct metric *metric, uint64_t value)
{
    struct buf *text = &metrics->text;
    buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n%s%s ", metric->name, metric->help, metric->name,
        metric->kind == METRIC_COUNTER ? "counter" : "gauge", metric->name, metrics->labels.data);
    if (metric->kind == METRIC_TIME)
        buf_printf(text, "%" PRIu64 ".%03" PRIu64 "\n", value / 1000, value % 1000);
    else
        buf_printf(text, "%" PRIu64 "\n", value);
}

static int write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        data += written;
        length -= (size_t)written;
    }
    return 0;
}

static int replace(const struct metrics *metrics)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = open(metrics->temporary, flags, 0644);
    if (fd < 0 && errno == EEXIST) { /* of a process that had our number and was killed */
        (void)unlink(metrics->temporary);
        fd = open(metrics->temporary, flags, 0644);
    }
    if (fd < 0)
        return -1;
    int result = write_all(fd, metrics->text.data, metrics->text.length);
    int error = errno;
    if (close(fd) != 0 && result == 0) {
        result = -1;
        error = errno;
    }
    if (result == 0 && rename(metrics->temporary, metrics->config.file) == 0)
        return 0;
    if (result == 0)
        error = errno;
    (void)unlink(metrics->temporary);
    errno = error;
    return -1;
}

int metrics_write(struct metrics *metrics, const uint64_t *values)
{
    static const struct metric start = { "sqs2pg_start_time_seconds",
        "When the process started, in seconds since 1970.", METRIC_TIME };
    buf_clear(&metrics->text);
    sample(metrics, &start, metrics->started_ms);
    for (size_t i = 0; i < metrics->config.count; i++) {
        const struct metric *metric = &metrics->config.table[i];
        if (metric->kind != METRIC_TIME) {
            sample(metrics, metric, values[i]);
            continue;
        }
        if (values[i] > metrics->times[i])
            metrics->times[i] = values[i];
        sample(metrics, metric, metrics->times[i]);
    }
    if (metrics->text.failed) {
        errno = ENOMEM;
        return -1;
    }
    return replace(metrics);
}
