#ifndef BASE_BACKOFF_H
#define BASE_BACKOFF_H

#include <stdint.h>

/*
 * Capped exponential back-off with full jitter: the pause before retry n is uniform in
 * [0, min(cap, first * 2^n)].
 */
struct backoff {
    uint64_t first_ms;
    uint64_t cap_ms;
    unsigned attempts; /* pauses returned since the last reset */
    uint64_t state;    /* state of the jitter's generator */
};

void backoff_init(struct backoff *backoff, uint64_t first_ms, uint64_t cap_ms);
void backoff_reset(struct backoff *backoff);    /* after a success */
uint64_t backoff_next(struct backoff *backoff); /* milliseconds to wait */

#endif
