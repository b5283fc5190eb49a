#ifndef MASK_METHOD_SHIFT_H
#define MASK_METHOD_SHIFT_H

#include "mask/method_work.h"

/*
 * shift: a date or time (mask/date.h) that has a day, moved by whole days; time of the day, zone
 * and spelling stay. How far is decided by another value of the record, that of option by, so that
 * distances between dates of one person stay. Option days=N: from N days back to N days ahead, and
 * never 0.
 *
 * The key is 32 bytes of keyring_derive() for "shift" and the domain. The first 8 bytes of
 * HMAC-SHA-256 over type byte and value (mask/token.h) of what by names, as it comes back when it
 * is unmasked, are a big-endian number; r is its rest by 2N; the date moves by r - N days when r <
 * N, else by r - N + 1.
 *
 * Refused are other values, a result outside the years 1 to 9999, and a record without a value to
 * go by (missing, null or ""). What comes out does not show whose key it is of.
 */
extern const struct method_work method_shift;

#endif
