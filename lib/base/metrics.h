#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stddef.h>
#include <stdint.h>

/*
 * A file of figures in the Prometheus text format, version 0.0.4, for node_exporter's textfile
 * collector or anything that reads it: HELP, TYPE and one sample for each metric, and when the
 * process started. The file is replaced as a whole: written beside itself under a name of its own
 * (NAME.PID.tmp, which no collector of *.prom takes), then renamed, so that a reader finds the old
 * or the new one, never a part. It is not synced: after a loss of power it may be the old one.
 */
enum metric_kind {
    METRIC_COUNTER,
    METRIC_GAUGE,
    METRIC_TIME /* milliseconds since 1970, written as seconds; 0: never */
};

/* Every program that has a metric of one name has it with the same help, as collectors demand. */
struct metric {
    const char *name; /* sqs2pg_… */
    const char *help; /* one sentence, nothing to escape in it */
    enum metric_kind kind;
};

enum { METRICS_MAXIMUM = 16 }; /* in one file */

struct metrics_config {
    const char *file;
    const char *label; /* each sample has {program="…",LABEL="VALUE"}; NULL: the program alone */
    const char *value;
    const struct metric *table; /* stays the caller's, as does all above but ${value} */
    size_t count;               /* at most METRICS_MAXIMUM */
};

struct metrics;

/*
 * metrics_open(config):
 * Make the file ready, without writing it. A METRIC_TIME that the file of an earlier run has is
 * kept until there is one of this run, so that the time of the last success survives a run that had
 * none. NULL with errno: no memory, or there is something else than a regular file (EINVAL).
 */
struct metrics *metrics_open(const struct metrics_config *config);
void metrics_free(struct metrics *metrics); /* NULL is fine */

/* Replace the file; ${values} are in the table's order. 0, or -1 with errno. */
int metrics_write(struct metrics *metrics, const uint64_t *values);

#endif
