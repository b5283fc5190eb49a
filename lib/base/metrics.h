#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stddef.h>
#include <stdint.h>

/*
 * A metrics file in the Prometheus text format, version 0.0.4, for the textfile collector of
 * node_exporter or any other reader: HELP, TYPE and the samples of each metric. Among them are the
 * program's version, the start of the process and how the last run ended. The file is replaced as a
 * whole, by one process at a time (base/metrics_file.h).
 */
enum metric_kind {
    METRIC_COUNTER, /* continues from the file of an earlier run */
    METRIC_GAUGE,
    METRIC_KEPT, /* a gauge of something that may be unknown (METRICS_UNKNOWN): then the value of an
                    earlier run's file, or no sample */
    METRIC_TIME, /* milliseconds since 1970, written as seconds; 0: never */
    METRIC_HISTOGRAM /* of seconds; HISTOGRAM_VALUES (base/histogram.h); continues like a counter */
};

#define METRICS_UNKNOWN UINT64_MAX

/* Programs that share a metric's name share its help text: collectors demand that. */
struct metric {
    const char *name; /* sqs2pg_… */
    const char *help; /* one sentence without characters to escape */
    enum metric_kind kind;
};

/* One of several samples of a metric. Those of one metric are neighbours. */
struct metric_member {
    const struct metric *metric; /* static storage */
    const char *label;           /* a name: "path" */
    const char *value;           /* UTF-8, different in each member */
};

enum { METRICS_MAXIMUM = 400 }; /* values of table and members */

/* metrics_open() needs all of it; later only the struct metric that ${table} and ${members} point
 * to. */
struct metrics_config {
    const char *file;
    const char *label; /* each sample has {program="…",LABEL="VALUE"}; NULL: the program alone */
    const char *value;
    const char *further;        /* NAME=VALUE: a further label of each sample; NULL: none */
    const struct metric *table; /* static storage */
    size_t count;
    const struct metric_member *members;
    size_t member_count;
};

struct metrics;

/*
 * metrics_open(config):
 * Prepare the file without writing it. Counters continue from the file of an earlier run; its
 * METRIC_TIME and exit status are kept until this run has its own. NULL with errno: out of memory;
 * EINVAL, too many samples or not a regular file; EWOULDBLOCK, another process keeps the file; or
 * the system's errno.
 */
struct metrics *metrics_open(const struct metrics_config *config);
void metrics_free(struct metrics *metrics); /* NULL is fine */

/* metrics_free(), where a forked process keeps the file. */
void metrics_transfer(struct metrics *metrics);

/* Return the number of values that metrics_write() takes. */
size_t metrics_count(const struct metrics *metrics);

/*
 * Return the value that an earlier run's file has at ${index}, a METRIC_KEPT; METRICS_UNKNOWN:
 * none.
 */
uint64_t metrics_earlier(const struct metrics *metrics, size_t index);

/* Return the descriptor that such a process must keep. */
int metrics_descriptor(const struct metrics *metrics);

enum { METRICS_RUNNING = -1 };

/*
 * metrics_write(metrics, values, status):
 * Replace the file. ${values} are this run's: in the table's order, those of a histogram together,
 * then the members'. ${status} is the exit status, or METRICS_RUNNING. Return 0, or -1 with errno.
 */
int metrics_write(struct metrics *metrics, const uint64_t *values, int status);

#endif
