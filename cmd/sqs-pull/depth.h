#ifndef SQS_PULL_DEPTH_H
#define SQS_PULL_DEPTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/metrics.h"
#include "sqs/connect.h"

/*
 * How many messages are on the queue, which is asked for once a minute, and on its dead-letter
 * queue, every five. What the credentials do not allow is asked for once. A queue's dead-letter
 * queue is of its account and region.
 */
struct depth {
    const struct connection *connection; /* NULL: nobody wants to know */
    struct call queue_call;
    struct call dead_call;
    bool queue_busy;
    bool dead_busy;
    uint64_t queue_due_ms; /* monotonic; UINT64_MAX: not again */
    uint64_t dead_due_ms;
    char dead_url[CALL_URL_SIZE]; /* "": none that is known */

    uint64_t messages; /* these four METRICS_UNKNOWN until they are known */
    uint64_t in_flight;
    uint64_t delayed;
    uint64_t dead;
    uint64_t dead_before; /* what an earlier run has seen */
    uint64_t grown_ms;    /* since 1970: when there were more dead letters than before; 0: never */
};

enum { DEPTH_REQUESTS = 2 }; /* at once */

void depth_init(struct depth *depth, const struct connection *connection);

/* Begin what is due; 0, or -1: out of memory. */
int depth_work(struct depth *depth);

/* Milliseconds until something is; -1: never. */
int depth_timeout(const struct depth *depth);

/* A call that is back; false: it is another's. */
bool depth_take(struct depth *depth, struct call *call);

/* The URL of a queue's dead-letter queue, by its redrive policy, in ${url}; false: none. */
bool depth_dead_url(const char *queue_url, const char *policy, char url[CALL_URL_SIZE]);

/*
 * depth_print(connection, error):
 * Print on stdout {"messages":N,"in_flight":N,"delayed":N,"dead_letter":{"name":NAME,"messages":N}}
 * and a newline; dead_letter is null where the queue has none, its messages where they cannot be
 * read. 0, or -1 with ${error} or, when that is AWS_OK, errno of standard output.
 */
int depth_print(const struct connection *connection, struct aws_error *error);

#endif
