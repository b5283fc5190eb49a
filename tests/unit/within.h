#ifndef WITHIN_H
#define WITHIN_H

/*
 * assert_within(value, low, high): fail, saying all three, unless low <= value <= high. cmocka's
 * own assert_in_range is gone from its later versions, and what replaces it is not in the earlier
 * ones. Include cmocka.h before.
 */
#define assert_within(value, low, high) \
    within_check(__LINE__, (double)(value), (double)(low), (double)(high))

static inline void within_check(int line, double value, double low, double high)
{
    if (!(low <= value && value <= high))
        fail_msg("line %d: %g is not within %g and %g", line, value, low, high);
}

#endif
