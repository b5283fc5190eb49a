#ifndef SQS_PULL_DEPTH_H
#define SQS_PULL_DEPTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/metrics.h"
#include "sqs/connect.h"

/*
 * The depth of the queue, read once a minute, and of its dead-letter queue, read every five
 * minutes. A request that fails for good (no right, no such queue, refused) is sent only once. The
 * dead-letter queue of a queue has the same account and region.
 */
struct depth {
    const struct connection *connection; /* NULL when not needed */
    struct call queue_call;
    struct call dead_call;
    bool queue_busy;
    bool dead_busy;
    uint64_t queue_due_ms; /* monotonic; UINT64_MAX for never again */
    uint64_t dead_due_ms;
    char dead_url[CALL_URL_SIZE]; /* "" when unknown */

    uint64_t messages; /* these four are METRICS_UNKNOWN until read */
    uint64_t in_flight;
    uint64_t delayed;
    uint64_t dead;
    uint64_t dead_before; /* count of an earlier run */
    uint64_t grown_ms;    /* since 1970: last growth of the dead-letter queue; 0 for never */
};

enum { DEPTH_REQUESTS = 2 }; /* in parallel */

void depth_init(struct depth *depth, const struct connection *connection);

/* Begin the requests that are due. Return 0, or -1 when memory runs out. */
int depth_work(struct depth *depth);

/* Return the milliseconds until a request is due, or -1 for never. */
int depth_timeout(const struct depth *depth);

/* Take a finished call. Return false when it belongs to another module. */
bool depth_take(struct depth *depth, struct call *call);

/*
 * depth_print(connection, error):
 * Print the depth on stdout as a line of JSON:
 * {"messages":N,"in_flight":N,"delayed":N,"dead_letter":{"name":NAME,"messages":N}}. There,
 * dead_letter is null when the queue has none; its messages are null when unreadable. Return 0, or
 * -1 with ${error} or, when that is AWS_OK, errno of standard output.
 */
int depth_print(const struct connection *connection, struct aws_error *error);

#endif
