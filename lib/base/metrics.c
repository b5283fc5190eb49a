#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/histogram.h"
#include "base/metrics.h"
#include "base/metrics_file.h"
#include "base/msg.h"

enum { FILE_MAXIMUM = 2 << 20, LABELS_MAXIMUM = 8 << 10 };

enum form { FORM_COUNT, FORM_GAUGE, FORM_KEPT, FORM_TIME, FORM_SECONDS };

struct sample {
    const struct metric *metric;
    enum form form;
    char *series;     /* NAME{program="…",…} */
    uint64_t earlier; /* value of the earlier file; of a METRIC_TIME the latest known */
};

struct metrics {
    struct metrics_file *file;
    struct buf labels; /* {program="…",… as all labels begin */
    struct buf text;
    struct sample *samples;
    size_t count;
    char *build, *started, *ended; /* the series that every program has */
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
    const char *equals = config->further == NULL ? NULL : strchr(config->further, '=');
    if (equals == NULL)
        return;
    buf_putc(labels, ',');
    buf_append(labels, config->further, (size_t)(equals - config->further));
    put_label(labels, "", equals + 1);
}

/* NULL: out of memory, or a value is too long. The caller frees it. */
static char *make_series(const struct metrics *metrics, const struct metric *metric,
    const char *ending, const char *label, const char *value)
{
    struct buf series;
    buf_init(&series, (size_t)LABELS_MAXIMUM * 3);
    buf_puts(&series, metric->name);
    buf_puts(&series, ending);
    buf_append(&series, metrics->labels.data, metrics->labels.length);
    if (label != NULL && value != NULL) {
        buf_putc(&series, ',');
        put_label(&series, label, value);
    }
    buf_putc(&series, '}');
    const char *text = series.failed ? NULL : buf_cstr(&series);
    char *made = text == NULL ? NULL : strdup(text);
    buf_free(&series);
    return made;
}

static const enum form forms[] = { [METRIC_COUNTER] = FORM_COUNT,
    [METRIC_GAUGE] = FORM_GAUGE,
    [METRIC_KEPT] = FORM_KEPT,
    [METRIC_TIME] = FORM_TIME,
    [METRIC_HISTOGRAM] = FORM_COUNT };

static size_t values_of(const struct metric *metric)
{
    return metric->kind == METRIC_HISTOGRAM ? HISTOGRAM_VALUES : 1;
}

static size_t values_of_all(const struct metrics_config *config)
{
    size_t count = config->member_count;
    for (size_t i = 0; i < config->count; i++)
        count += values_of(&config->table[i]);
    return count;
}

/* Return 0, or -1 with errno. */
static int add(struct metrics *metrics, const struct metric *metric, const char *ending,
    const char *label, const char *value)
{
    struct sample *sample = &metrics->samples[metrics->count];
    sample->metric = metric;
    sample->form = forms[metric->kind];
    sample->earlier = metric->kind == METRIC_KEPT ? METRICS_UNKNOWN : 0;
    sample->series = make_series(metrics, metric, ending, label, value);
    if (sample->series == NULL)
        return -1;
    metrics->count++;
    return 0;
}

/* Return 0, or -1 with errno. */
static int add_histogram(struct metrics *metrics, const struct metric *metric)
{
    for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++)
        if (add(metrics, metric, "_bucket", "le", histogram_bound(i)) != 0)
            return -1;
    if (add(metrics, metric, "_sum", NULL, NULL) != 0)
        return -1;
    metrics->samples[metrics->count - 1].form = FORM_SECONDS;
    return add(metrics, metric, "_count", NULL, NULL);
}

/* Return 0, or -1 with errno. */
static int make_samples(struct metrics *metrics, const struct metrics_config *config)
{
    put_labels(metrics, config);
    if (metrics->labels.failed)
        return -1;
    metrics->build = make_series(metrics, &build_info, "", "version", SQS2PG_VERSION);
    metrics->started = make_series(metrics, &start_time, "", NULL, NULL);
    metrics->ended = make_series(metrics, &exit_status, "", NULL, NULL);
    metrics->samples = calloc(values_of_all(config) + 1, sizeof *metrics->samples);
    if (metrics->build == NULL || metrics->started == NULL || metrics->ended == NULL ||
        metrics->samples == NULL)
        return -1;
    for (size_t i = 0; i < config->count; i++) {
        const struct metric *metric = &config->table[i];
        if ((metric->kind == METRIC_HISTOGRAM ? add_histogram(metrics, metric)
                                              : add(metrics, metric, "", NULL, NULL)) != 0)
            return -1;
    }
    for (size_t i = 0; i < config->member_count; i++) {
        const struct metric_member *member = &config->members[i];
        if (add(metrics, member->metric, "", member->label, member->value) != 0)
            return -1;
    }
    return 0;
}

/* ---- the file of an earlier run -------------------------------------------------------------- */

/*
 * Find the value of ${series} in the file: a whole number, and thousandths. Return true when it has
 * one.
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
        if (sample->form == FORM_GAUGE || !find(text, sample->series, &whole, &thousandths))
            continue;
        if (sample->form == FORM_COUNT || sample->form == FORM_KEPT)
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

/* ---- interface ------------------------------------------------------------------------------- */

struct metrics *metrics_open(const struct metrics_config *config)
{
    if (values_of_all(config) > METRICS_MAXIMUM) {
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

size_t metrics_count(const struct metrics *metrics)
{
    return metrics->count;
}

uint64_t metrics_earlier(const struct metrics *metrics, size_t index)
{
    return metrics->samples[index].earlier;
}

int metrics_descriptor(const struct metrics *metrics)
{
    return metrics_file_descriptor(metrics->file);
}

static const char *type_of(const struct metric *metric)
{
    return metric->kind == METRIC_COUNTER  ? "counter"
        : metric->kind == METRIC_HISTOGRAM ? "histogram"
                                           : "gauge";
}

/* Write HELP and TYPE once for all samples of a metric. */
static void put(struct buf *text, const struct metric *metric, bool first, const char *series,
    enum form form, uint64_t value)
{
    if (first)
        buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
            type_of(metric));
    buf_printf(text, "%s ", series);
    if (form == FORM_TIME || form == FORM_SECONDS)
        buf_printf(text, "%" PRIu64 ".%03" PRIu64 "\n", value / 1000, value % 1000);
    else
        buf_printf(text, "%" PRIu64 "\n", value);
}

static uint64_t value_of(struct sample *sample, uint64_t now)
{
    switch (sample->form) {
    case FORM_COUNT:
    case FORM_SECONDS:
        return now > UINT64_MAX - sample->earlier ? UINT64_MAX : sample->earlier + now;
    case FORM_TIME:
        if (now > sample->earlier)
            sample->earlier = now;
        return sample->earlier;
    case FORM_KEPT:
        return now == METRICS_UNKNOWN ? sample->earlier : now;
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
    put(text, &build_info, true, metrics->build, FORM_GAUGE, 1);
    put(text, &start_time, true, metrics->started, FORM_TIME, metrics->started_ms);
    if (metrics->last_status != METRICS_RUNNING)
        put(text, &exit_status, true, metrics->ended, FORM_GAUGE, (uint64_t)metrics->last_status);
    for (size_t i = 0; i < metrics->count; i++) {
        struct sample *sample = &metrics->samples[i];
        uint64_t value = value_of(sample, values[i]);
        if (sample->form == FORM_KEPT && value == METRICS_UNKNOWN)
            continue;
        put(text, sample->metric, i == 0 || sample->metric != metrics->samples[i - 1].metric,
            sample->series, sample->form, value);
    }
    if (text->failed) {
        errno = ENOMEM;
        return -1;
    }
    return metrics_file_replace(metrics->file, text->data, text->length);
}
