#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

uint64_t clock_monotonic_ms(void);
uint64_t clock_realtime_ms(void); /* since 1970-01-01T00:00:00Z */

/*
 * A moment of real time, on two clocks. A suspended or frozen process cannot trust one of them: the
 * monotonic clock may have stopped meanwhile, and somebody may have set the wall clock.
 */
struct clock_moment {
    uint64_t running_ms; /* since the machine started, including its sleep */
    uint64_t wall_ms;    /* since 1970 */
};
struct clock_moment clock_moment_now(void);

/* Return the age of the moment in ms, by the clock that shows the longer one. */
uint64_t clock_moment_age_ms(const struct clock_moment *moment);

enum { CLOCK_RFC3339_SIZE = 25 };

/*
 * clock_rfc3339(ms, text):
 * Write ${ms} since the epoch as RFC 3339 in UTC with milliseconds ("2026-11-21T09:00:00.123Z") and
 * a NUL. A time past the year 9999 becomes its last millisecond.
 */
void clock_rfc3339(uint64_t ms, char text[CLOCK_RFC3339_SIZE]);

/*
 * Return the milliseconds since 1970 of a time in that form; 0 when it is not one, or before 1970.
 * A field past its range, such as month 13, carries over into the next.
 */
uint64_t clock_rfc3339_ms(const char *text, size_t length);

#endif
