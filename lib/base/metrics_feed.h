#ifndef BASE_METRICS_FEED_H
#define BASE_METRICS_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "base/metrics.h"

/*
 * A process of its own that keeps the file of figures for one that will not be able to open files
 * (confine/confine.h). It gets the figures by a socket, has neither the standard input nor output
 * of the other, nor any descriptor but stderr, socket and lock, and ends when the other does.
 * SIGINT, SIGTERM and SIGHUP, which a terminal or a service manager may send to both, leave it be.
 */
struct metrics_feed;

/*
 * metrics_feed_start(metrics, count, failed, context):
 * Fork. ${metrics} is the process's from now on, also when this fails: NULL with errno. ${count} is
 * that of its values. In that process failed(context, errno) is told of what cannot be written.
 */
struct metrics_feed *metrics_feed_start(struct metrics *metrics, size_t count,
    void (*failed)(void *context, int error), void *context);

/* What confinement has to leave open. */
int metrics_feed_descriptor(const struct metrics_feed *feed);

/*
 * metrics_feed_send(feed, values, status):
 * As metrics_write(). Never waits while the run goes on: figures that cannot be taken are followed
 * by newer ones. With the status to exit with it waits, for 5 s at most, until the process has
 * written them and ended. 0, or -1 with errno: the process is gone, or was too slow.
 */
int metrics_feed_send(struct metrics_feed *feed, const uint64_t *values, int status);

void metrics_feed_free(struct metrics_feed *feed); /* the process ends; NULL is fine */

#endif
