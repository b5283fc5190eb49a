#ifndef WITHIN_H
#define WITHIN_H

/*
 * assert_within(value, low, high): fail with all three numbers unless low <= value <= high. Later
 * versions of cmocka no longer have assert_in_range, and earlier ones do not have its replacement.
 * Include cmocka.h before.
 */
#define assert_within(value, low, high) \
    within_check(__LINE__, (double)(value), (double)(low), (double)(high))

static inline void within_check(int line, double value, double low, double high)
{
    if (!(low <= value && value <= high))
        fail_msg("line %d: %g is not within %g and %g", line, value, low, high);
}

#endif
