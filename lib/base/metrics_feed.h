#ifndef BASE_METRICS_FEED_H
#define BASE_METRICS_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "base/metrics.h"

/*
 * A process of its own that keeps the metrics file for a program that will be confined
 * (confine/confine.h) and cannot open files then. It gets the values through a socket, has only
 * stderr, the socket and the lock as descriptors, and ends with the program. It ignores SIGINT,
 * SIGTERM and SIGHUP, which a terminal or a service manager may send to both.
 */
struct metrics_feed;

/*
 * metrics_feed_start(metrics, count, failed, context):
 * Fork. ${metrics} then belongs to the new process; on failure it is freed. In both cases the
 * caller must not use it again. Return NULL with errno on failure. ${count} is the number of its
 * values. The new process calls failed(context, errno) when it cannot write.
 */
struct metrics_feed *metrics_feed_start(struct metrics *metrics, size_t count,
    void (*failed)(void *context, int error), void *context);

/* Return the descriptor that confinement must leave open. */
int metrics_feed_descriptor(const struct metrics_feed *feed);

/*
 * metrics_feed_send(feed, values, status):
 * As metrics_write(). During the run it never waits: values that cannot be sent are dropped, as
 * newer ones follow. With an exit status it waits up to 5 s until the process has written them and
 * ended. Return 0, or -1 with errno: the process has ended, or was too slow.
 */
int metrics_feed_send(struct metrics_feed *feed, const uint64_t *values, int status);

void metrics_feed_free(struct metrics_feed *feed); /* end the process; NULL is fine */

#endif
