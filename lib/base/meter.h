#ifndef BASE_METER_H
#define BASE_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/metrics.h"

/*
 * What a running program reports: the metrics file, replaced every ten seconds and at the end, and
 * the live line of --progress when stderr is a terminal. The program's loop calls meter_update() in
 * each round, and waits no longer than meter_timeout() says.
 */
struct meter_options {
    const char *metrics_file;  /* NULL: none */
    const char *metrics_label; /* NAME=VALUE: a further label of each sample; NULL: none */
    bool progress;
};

/* Their rows in a program's option table (base/opt.h), with the program's ids. */
#define METER_METRICS_FILE(id)                                                              \
    {                                                                                       \
        id, '\0', "metrics-file", "FILE", "write metrics for Prometheus to this file", NULL \
    }
#define METER_METRICS_LABEL(id)                                                        \
    {                                                                                  \
        id, '\0', "metrics-label", "NAME=VALUE", "add this label to the metrics", NULL \
    }
#define METER_PROGRESS(id)                                                  \
    {                                                                       \
        id, '\0', "progress", NULL, "show the progress on a terminal", NULL \
    }

struct meter_config {
    struct meter_options options;
    const struct metric *metrics; /* static storage; with the members at most METRICS_MAXIMUM */
    size_t count;
    const struct metric_member *members; /* needed while meter_open() runs */
    size_t member_count;
    size_t counted;    /* index of the one that the live line shows */
    const char *noun;  /* its name there: "messages" */
    const char *label; /* as in base/metrics.h */
    const char *value;
    bool apart; /* a forked process keeps the file, as this one will be confined */
    /*
     * Set the values in the table's order, then the members'. Set *oldest_ms to the monotonic time
     * of the oldest record in hand, or leave it 0 when there is none. Called from the meter's
     * functions when the file or the live line is due.
     */
    void (*read)(void *context, uint64_t *values, uint64_t *oldest_ms);
    void *context;
};

/* Take the value of --metrics-label. Return 0, or the exit status after a usage error. */
int meter_take_label(const char *value, struct meter_options *options);

/* The row of the last success, the same in every program. */
#define METER_LAST_SUCCESS                                                                     \
    {                                                                                          \
        "sqs2pg_last_success_timestamp_seconds",                                               \
            "When the work of the program last succeeded, in seconds since 1970.", METRIC_TIME \
    }

struct meter;

/*
 * meter_open(meter, config):
 * Open the metrics file and the live line, as far as they are wanted. Write the file once. *meter
 * is NULL when neither is wanted; every other function accepts that. Warn when another process
 * keeps the file, and leave it. There is one meter in a process. Return 0, or -1 with errno: the
 * file cannot be written, or out of memory.
 */
int meter_open(struct meter **meter, const struct meter_config *config);

/*
 * meter_begin(config):
 * Open the metrics file and write it before there is anything to read: a run that fails while it
 * starts then has its exit status there. Counters stay as they are; ${read} is not called. The next
 * meter_open(), of the same file and metrics, goes on with it. Return as meter_open() does.
 */
int meter_begin(const struct meter_config *config);

/* Return words for that errno; for EINVAL: the file is not a regular file. */
const char *meter_reason(int error);

/* Return metrics_earlier(); METRICS_UNKNOWN without a file, or when a forked process keeps it. */
uint64_t meter_earlier(const struct meter *meter, size_t index);

/* Do what is due. Warn once when the file can no longer be written. */
void meter_update(struct meter *meter);

/* Return ${timeout_ms}, or less when something is due earlier; -1 means no limit, as in poll(2). */
int meter_timeout(const struct meter *meter, int timeout_ms);

/* Write the file, remove the live line, free. ${read} is not called again. */
void meter_close(struct meter *meter);

/* Return the descriptor that confinement must leave open for the file, or -1. */
int meter_descriptor(void);

/*
 * meter_exit(status):
 * Last call of main(): write the exit status into the file, if there is one, and release its lock.
 * Return ${status}.
 */
int meter_exit(int status);

#endif
