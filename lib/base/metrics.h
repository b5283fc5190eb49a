#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stddef.h>
#include <stdint.h>

/*
 * A file of figures in the Prometheus text format, version 0.0.4, for node_exporter's textfile
 * collector or anything that reads it: HELP, TYPE and the samples of each metric, among them the
 * program's version, when the process started and how the last run ended. It is replaced as a
 * whole, by one process at a time (base/metrics_file.h).
 */
enum metric_kind {
    METRIC_COUNTER, /* goes on from what the file of an earlier run says */
    METRIC_GAUGE,
    METRIC_KEPT, /* a gauge of what may not be known, METRICS_UNKNOWN: as the file of an earlier run
                    has it, or no sample */
    METRIC_TIME, /* milliseconds since 1970, written as seconds; 0: never */
    METRIC_HISTOGRAM /* of seconds; HISTOGRAM_VALUES (base/histogram.h), which go on as counters do
                      */
};

#define METRICS_UNKNOWN UINT64_MAX

/* Every program that has a metric of one name has it with the same help, as collectors demand. */
struct metric {
    const char *name; /* sqs2pg_… */
    const char *help; /* one sentence, nothing to escape in it */
    enum metric_kind kind;
};

/* One of several samples of a metric; those of one metric stand beside each other. */
struct metric_member {
    const struct metric *metric; /* of static storage */
    const char *label;           /* a name: "path" */
    const char *value;           /* UTF-8, each member's its own */
};

enum { METRICS_MAXIMUM = 400 }; /* values of table and members */

/* All is needed while metrics_open() runs, only ${file} and what ${table} points to after it. */
struct metrics_config {
    const char *file;
    const char *label; /* each sample has {program="…",LABEL="VALUE"}; NULL: the program alone */
    const char *value;
    const char *further;        /* NAME=VALUE: another label of each sample; NULL: none */
    const struct metric *table; /* of static storage */
    size_t count;
    const struct metric_member *members;
    size_t member_count;
};

struct metrics;

/*
 * metrics_open(config):
 * Make the file ready, without writing it. Counters begin with what the file of an earlier run has;
 * a METRIC_TIME and the exit status that it has are kept until there is one of this run. NULL with
 * errno: out of memory; EINVAL, too many samples or something else than a regular file is there;
 * EWOULDBLOCK, another process keeps the file; or what the system says.
 */
struct metrics *metrics_open(const struct metrics_config *config);
void metrics_free(struct metrics *metrics); /* NULL is fine */

/* As free, where a forked process goes on with the file. */
void metrics_transfer(struct metrics *metrics);

/* How many values metrics_write() takes. */
size_t metrics_count(const struct metrics *metrics);

/* What the file of an earlier run had for the value at ${index}, a METRIC_KEPT; METRICS_UNKNOWN:
 * nothing. */
uint64_t metrics_earlier(const struct metrics *metrics, size_t index);

/* The descriptor that such a process has to keep. */
int metrics_descriptor(const struct metrics *metrics);

enum { METRICS_RUNNING = -1 };

/*
 * metrics_write(metrics, values, status):
 * Replace the file. ${values} are those of this run, in the table's order, those of a histogram
 * beside each other, then the members';
 * ${status} is the one to exit with, or METRICS_RUNNING. 0, or -1 with errno.
 */
int metrics_write(struct metrics *metrics, const uint64_t *values, int status);

#endif
