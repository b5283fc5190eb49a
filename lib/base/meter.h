#ifndef BASE_METER_H
#define BASE_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/metrics.h"

/*
 * What a running program tells of itself: the file of --metrics-file, replaced every ten seconds
 * and at the end, and the live line of --progress, if stderr is a terminal. Its loop calls
 * meter_update() in each round, and waits no longer than meter_timeout() says.
 */
struct meter_options {
    const char *metrics_file;  /* NULL: none */
    const char *metrics_label; /* NAME=VALUE: another label of its samples; NULL: none */
    bool progress;
};

/* The rows that they have in a program's table (base/opt.h), under ids of the program's. */
#define METER_METRICS_FILE(id)                                                             \
    {                                                                                      \
        id, '\0', "metrics-file", "FILE", "keep figures for Prometheus in this file", NULL \
    }
#define METER_METRICS_LABEL(id)                                                           \
    {                                                                                     \
        id, '\0', "metrics-label", "NAME=VALUE", "give these figures another label", NULL \
    }
#define METER_PROGRESS(id)                                                   \
    {                                                                        \
        id, '\0', "progress", NULL, "show on a terminal how far it is", NULL \
    }

struct meter_config {
    struct meter_options options;
    const struct metric *metrics; /* of static storage; with the members at most METRICS_MAXIMUM */
    size_t count;
    const struct metric_member *members; /* while meter_open() runs */
    size_t member_count;
    size_t counted;    /* which of them the live line shows */
    const char *noun;  /* its name there: "messages" */
    const char *label; /* as in base/metrics.h */
    const char *value;
    bool apart; /* the file is kept by a forked process, as this one will be confined */
    /*
     * Fill in the values, in the table's order, then the members', and set *oldest_ms to the
     * monotonic time since which the oldest record in hand is there, or leave it 0: none. Called
     * when one of both is due, from inside the meter's functions.
     */
    void (*read)(void *context, uint64_t *values, uint64_t *oldest_ms);
    void *context;
};

/* Take the value of --metrics-label. 0, or the status to exit with after a usage error. */
int meter_take_label(const char *value, struct meter_options *options);

/* The row of the last success, the same for every program. */
#define METER_LAST_SUCCESS                                                                     \
    {                                                                                          \
        "sqs2pg_last_success_timestamp_seconds",                                               \
            "When the work of the program last succeeded, in seconds since 1970.", METRIC_TIME \
    }

struct meter;

/*
 * meter_open(meter, config):
 * Open what is wanted, and write the file for the first time. *meter is NULL if nothing is, which
 * every other function takes. A file that another process keeps is warned of and left to it. One
 * meter in a process. 0, or -1 with errno: the file cannot be written, out of memory.
 */
int meter_open(struct meter **meter, const struct meter_config *config);

/* Words for that errno: for EINVAL, that what is there is no regular file. */
const char *meter_reason(int error);

/* What the file of an earlier run had, as metrics_earlier(); not if the file is kept apart. */
uint64_t meter_earlier(const struct meter *meter, size_t index);

/* Do what is due. A file that can no longer be written is warned of, once. */
void meter_update(struct meter *meter);

/* ${timeout_ms}, or less if something is due before; -1 is for ever, as in poll(2). */
int meter_timeout(const struct meter *meter, int timeout_ms);

/* Write the file, take the live line away, free; what ${read} reads is not needed any more. */
void meter_close(struct meter *meter);

/* The descriptor that confinement has to leave open for the file, or -1. */
int meter_descriptor(void);

/*
 * meter_exit(status):
 * Last call of main(): write the file with the status to exit with, if there is one, and give its
 * lock back. Returns ${status}.
 */
int meter_exit(int status);

#endif
