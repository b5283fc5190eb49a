#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdint.h>

/* A histogram of durations, for a METRIC_HISTOGRAM (base/metrics.h). */
enum { HISTOGRAM_BOUNDS = 14, HISTOGRAM_VALUES = HISTOGRAM_BOUNDS + 3 };

struct histogram {
    uint64_t counts[HISTOGRAM_BOUNDS + 1]; /* of each bucket alone; the last has no bound */
    uint64_t sum_ms;
};

/*
 * Return the upper bound of a bucket in seconds, as the label "le" has it. ${bound}: 0 to
 * HISTOGRAM_BOUNDS, which is "+Inf".
 */
const char *histogram_bound(unsigned bound);

/* Count a duration of ${ms}. */
void histogram_add(struct histogram *histogram, uint64_t ms);

/*
 * Write the values of the metric: cumulative counts up to each bound, sum in milliseconds, count.
 */
void histogram_read(const struct histogram *histogram, uint64_t values[HISTOGRAM_VALUES]);

#endif
