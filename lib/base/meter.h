#ifndef BASE_METER_H
#define BASE_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/metrics.h"

/*
 * What a running program tells of itself: the file of --metrics-file, replaced every ten seconds
 * and at the end, and the live line of --progress, if stderr is a terminal. Its loop calls
 * meter_turn() once a turn, and waits no longer than meter_timeout() says.
 */
struct meter_options {
    const char *metrics_file; /* NULL: none */
    bool progress;
};

/* The rows that they have in a program's table (base/opt.h), under ids of the program's. */
#define METER_METRICS_FILE(id)                                                              \
    {                                                                                       \
        id, '\0', "metrics-file", "FILE", "keep figures for Prometheus in this file", false \
    }
#define METER_PROGRESS(id)                                                    \
    {                                                                         \
        id, '\0', "progress", NULL, "show on a terminal how far it is", false \
    }

struct meter_config {
    struct meter_options options;
    const struct metric *metrics; /* a table that outlives the meter */
    size_t count;
    size_t counted;    /* which of them the live line shows */
    const char *noun;  /* its name there: "messages" */
    const char *label; /* as in base/metrics.h */
    const char *value;
    /*
     * Fill in the values, in the table's order, and set *oldest_ms to the monotonic time since
     * which the oldest record in hand is there, or leave it 0: none. Called when one of both is
     * due, from inside the meter's functions.
     */
    void (*read)(void *context, uint64_t *values, uint64_t *oldest_ms);
    void *context;
};

/* The row of the last success, the same for every program. */
#define METER_LAST_SUCCESS                                                              \
    {                                                                                   \
        "sqs2pg_last_success_timestamp_seconds",                                        \
            "When a poll, a commit or a delete last succeeded, in seconds since 1970.", \
            METRIC_TIME                                                                 \
    }

struct meter;

/*
 * meter_open(meter, config):
 * Open what is wanted, and write the file for the first time. *meter is NULL if nothing is, which
 * every other function takes. 0, or -1 with errno: the file cannot be written, no memory.
 */
int meter_open(struct meter **meter, const struct meter_config *config);

/* Words for that errno: for EINVAL, that what is there is no regular file. */
const char *meter_reason(int error);

/* Do what is due. A file that can no longer be written is warned of, once. */
void meter_turn(struct meter *meter);

/* ${timeout_ms}, or less if something is due before; -1 is for ever, as in poll(2). */
int meter_timeout(const struct meter *meter, int timeout_ms);

/* Write the file a last time, take the live line away, free. */
void meter_close(struct meter *meter);

#endif
