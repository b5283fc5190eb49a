#include "base/metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/metrics_file.h"
#include "base/msg.h"

enum { FILE_MAXIMUM = 2 << 20, LABELS_MAXIMUM = 8 << 10 };

struct sample {
    const struct metric *metric;
    char *series;     /* NAME{program="…",…} */
    uint64_t earlier; /* what the file had; of a METRIC_TIME the latest known */
};

struct metrics {
    struct metrics_file *file;
    struct buf labels; /* {program="…",… as they begin */
    struct buf text;
    struct sample *samples;
    size_t count;
    char *build, *started, *ended; /* series of what all programs have */
    int last_status;               /* METRICS_RUNNING: not known */
    uint64_t started_ms;
};

static const struct metric build_info = { "sqs2pg_build_info", "The version of the program.",
    METRIC_GAUGE };
static const struct metric start_time = { "sqs2pg_start_time_seconds",
    "When the process started, in seconds since 1970.", METRIC_TIME };
static const struct metric exit_status = { "sqs2pg_last_exit_status",
    "The exit status of the last run that has ended.", METRIC_GAUGE };

/* ---- series ---------------------------------------------------------------------------------- */

static void put_label(struct buf *out, const char *name, const char *value)
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

static void put_labels(struct metrics *metrics, const struct metrics_config *config)
{
    struct buf *labels = &metrics->labels;
    buf_putc(labels, '{');
    put_label(labels, "program", msg_program());
    if (config->label != NULL) {
        buf_putc(labels, ',');
        put_label(labels, config->label, config->value);
    }
}

/* NULL: no memory, or a value is too long. The caller's. */
static char *make_series(const struct metrics *metrics, const struct metric *metric,
    const char *label, const char *value)
{
    struct buf series;
    buf_init(&series, (size_t)LABELS_MAXIMUM * 3);
    buf_puts(&series, metric->name);
    buf_append(&series, metrics->labels.data, metrics->labels.length);
    if (label != NULL) {
        buf_putc(&series, ',');
        put_label(&series, label, value);
    }
    buf_putc(&series, '}');
    const char *text = series.failed ? NULL : buf_cstr(&series);
    char *made = text == NULL ? NULL : strdup(text);
    buf_free(&series);
    return made;
}

/* 0, or -1 with errno. */
static int make_samples(struct metrics *metrics, const struct metrics_config *config)
{
    put_labels(metrics, config);
    if (metrics->labels.failed)
        return -1;
    metrics->build = make_series(metrics, &build_info, "version", SQS2PG_VERSION);
    metrics->started = make_series(metrics, &start_time, NULL, NULL);
    metrics->ended = make_series(metrics, &exit_status, NULL, NULL);
    metrics->samples = calloc(config->count + config->member_count + 1, sizeof *metrics->samples);
    if (metrics->build == NULL || metrics->started == NULL || metrics->ended == NULL ||
        metrics->samples == NULL)
        return -1;
    for (; metrics->count < config->count + config->member_count; metrics->count++) {
        struct sample *sample = &metrics->samples[metrics->count];
        if (metrics->count < config->count) {
            sample->metric = &config->table[metrics->count];
            sample->series = make_series(metrics, sample->metric, NULL, NULL);
        } else {
            const struct metric_member *member = &config->members[metrics->count - config->count];
            sample->metric = member->metric;
            sample->series = make_series(metrics, sample->metric, member->label, member->value);
        }
        if (sample->series == NULL)
            return -1;
    }
    return 0;
}

/* ---- the file of an earlier run -------------------------------------------------------------- */

/* What stands behind ${series} in the file: a whole number, and thousandths. Whether it is there.
 */
static bool find(const char *text, const char *series, uint64_t *whole, uint64_t *thousandths)
{
    size_t length = strlen(series);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, series, length) != 0 || line[length] != ' ')
            continue;
        const char *number = line + length + 1;
        char *end;
        errno = 0;
        *whole = strtoull(number, &end, 10);
        *thousandths = 0;
        if (*number < '0' || *number > '9' || errno != 0)
            return false;
        if (*end == '.')
            for (unsigned i = 0, digits = true; i < 3; i++) {
                digits = digits && end[1 + i] >= '0' && end[1 + i] <= '9';
                *thousandths = *thousandths * 10 + (digits ? (uint64_t)(end[1 + i] - '0') : 0);
            }
        return true;
    }
    return false;
}

static void take_earlier(struct metrics *metrics, const char *text)
{
    uint64_t whole, thousandths;
    for (size_t i = 0; i < metrics->count; i++) {
        struct sample *sample = &metrics->samples[i];
        if (sample->metric->kind == METRIC_GAUGE ||
            !find(text, sample->series, &whole, &thousandths))
            continue;
        if (sample->metric->kind == METRIC_COUNTER)
            sample->earlier = whole;
        else if (whole < UINT64_MAX / 1000 - 1)
            sample->earlier = whole * 1000 + thousandths;
    }
    if (find(text, metrics->ended, &whole, &thousandths) && whole < 256)
        metrics->last_status = (int)whole;
}

static void read_earlier(struct metrics *metrics)
{
    metrics_file_read(metrics->file, &metrics->text);
    const char *text = buf_cstr(&metrics->text);
    if (text != NULL && !metrics->text.failed)
        take_earlier(metrics, text);
}

/* ---- to the outside -------------------------------------------------------------------------- */

struct metrics *metrics_open(const struct metrics_config *config)
{
    if (config->count + config->member_count > METRICS_MAXIMUM) {
        errno = EINVAL;
        return NULL;
    }
    struct metrics *metrics = calloc(1, sizeof *metrics);
    if (metrics == NULL)
        return NULL;
    metrics->started_ms = clock_realtime_ms();
    metrics->last_status = METRICS_RUNNING;
    buf_init(&metrics->labels, LABELS_MAXIMUM);
    buf_init(&metrics->text, FILE_MAXIMUM);
    if (make_samples(metrics, config) != 0 ||
        (metrics->file = metrics_file_open(config->file)) == NULL) {
        int error = errno;
        metrics_free(metrics);
        errno = error;
        return NULL;
    }
    read_earlier(metrics);
    return metrics;
}

static void free_samples(struct metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++)
        free(metrics->samples[i].series);
    free(metrics->samples);
    free(metrics->build);
    free(metrics->started);
    free(metrics->ended);
    buf_free(&metrics->labels);
    buf_free(&metrics->text);
    free(metrics);
}

void metrics_free(struct metrics *metrics)
{
    if (metrics == NULL)
        return;
    metrics_file_close(metrics->file);
    free_samples(metrics);
}

void metrics_transfer(struct metrics *metrics)
{
    metrics_file_transfer(metrics->file);
    free_samples(metrics);
}

int metrics_descriptor(const struct metrics *metrics)
{
    return metrics_file_descriptor(metrics->file);
}

/* HELP and TYPE once for all samples of a metric. */
static void put(struct buf *text, const struct metric *metric, bool first, const char *series,
    uint64_t value)
{
    if (first)
        buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
            metric->kind == METRIC_COUNTER ? "counter" : "gauge");
    buf_printf(text, "%s ", series);
    if (metric->kind == METRIC_TIME)
        buf_printf(text, "%" PRIu64 ".%03" PRIu64 "\n", value / 1000, value % 1000);
    else
        buf_printf(text, "%" PRIu64 "\n", value);
}

static uint64_t value_of(struct sample *sample, uint64_t now)
{
    switch (sample->metric->kind) {
    case METRIC_COUNTER:
        return now > UINT64_MAX - sample->earlier ? UINT64_MAX : sample->earlier + now;
    case METRIC_TIME:
        if (now > sample->earlier)
            sample->earlier = now;
        return sample->earlier;
    default:
        return now;
    }
}

int metrics_write(struct metrics *metrics, const uint64_t *values, int status)
{
    struct buf *text = &metrics->text;
    if (status != METRICS_RUNNING)
        metrics->last_status = status;
    buf_clear(text);
    put(text, &build_info, true, metrics->build, 1);
    put(text, &start_time, true, metrics->started, metrics->started_ms);
    if (metrics->last_status != METRICS_RUNNING)
        put(text, &exit_status, true, metrics->ended, (uint64_t)metrics->last_status);
    for (size_t i = 0; i < metrics->count; i++) {
        struct sample *sample = &metrics->samples[i];
        put(text, sample->metric, i == 0 || sample->metric != metrics->samples[i - 1].metric,
            sample->series, value_of(sample, values[i]));
    }
    if (text->failed) {
        errno = ENOMEM;
        return -1;
    }
    return metrics_file_replace(metrics->file, text->data, text->length);
}
