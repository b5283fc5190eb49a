#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

uint64_t clock_monotonic_ms(void);
uint64_t clock_realtime_ms(void); /* since 1970-01-01T00:00:00Z */

/*
 * A moment of real time: whoever may have been suspended or frozen since cannot go by one clock, as
 * the monotonic one may have stood still with it, and the wall's may have been set.
 */
struct clock_moment {
    uint64_t running_ms; /* since the machine was started, its sleep counted */
    uint64_t wall_ms;    /* since 1970 */
};
struct clock_moment clock_moment_now(void);

/* How long ago that was, in ms, by the clock by which it is longer. */
uint64_t clock_moment_age_ms(const struct clock_moment *moment);

enum { CLOCK_RFC3339_SIZE = 25 };

/*
 * clock_rfc3339(ms, text):
 * Write ${ms} since the epoch as RFC 3339 in UTC with milliseconds ("2026-11-21T09:00:00.123Z")
 * and a NUL. Times past the year 9999 are written as its last millisecond.
 */
void clock_rfc3339(uint64_t ms, char text[CLOCK_RFC3339_SIZE]);

/* The milliseconds since 1970 of a time written so; 0: it is none, or before. */
uint64_t clock_rfc3339_ms(const char *text, size_t length);

#endif
