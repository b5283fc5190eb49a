#include "base/histogram.h"

/* From the duration of a small batch to the age of messages after a night. */
static const struct {
    uint64_t ms;
    const char *seconds;
} bounds[HISTOGRAM_BOUNDS + 1] = { { 100, "0.1" }, { 250, "0.25" }, { 500, "0.5" }, { 1000, "1" },
    { 2500, "2.5" }, { 5000, "5" }, { 10000, "10" }, { 30000, "30" }, { 60000, "60" },
    { 300000, "300" }, { 900000, "900" }, { 3600000, "3600" }, { 14400000, "14400" },
    { 86400000, "86400" }, { UINT64_MAX, "+Inf" } };

const char *histogram_bound(unsigned bound)
{
    return bounds[bound].seconds;
}

void histogram_add(struct histogram *histogram, uint64_t ms)
{
    unsigned at = 0;
    while (ms > bounds[at].ms)
        at++;
    histogram->counts[at]++;
    histogram->sum_ms += ms;
}

void histogram_read(const struct histogram *histogram, uint64_t values[HISTOGRAM_VALUES])
{
    uint64_t count = 0;
    for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++)
        values[i] = count += histogram->counts[i];
    values[HISTOGRAM_BOUNDS + 1] = histogram->sum_ms;
    values[HISTOGRAM_BOUNDS + 2] = count;
}
