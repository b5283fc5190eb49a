#ifndef MASK_METHOD_SHIFT_H
#define MASK_METHOD_SHIFT_H

#include "mask/method_work.h"

/*
 * shift: a date or time (mask/date.h) with a day, moved by whole days. Time of the day, zone and
 * spelling stay. Another value of the record, that of option by, decides how far, so that distances
 * between dates of one person stay. Option days=N: from N days back to N days ahead, never 0.
 *
 * The key is 32 bytes of keyring_derive() for "shift" and the domain. The first 8 bytes of
 * HMAC-SHA-256 over type byte and value (mask/token.h) of the unmasked value of by are a big-endian
 * number; r is its remainder by 2N. The date moves by r - N days when r < N, else by r - N + 1.
 *
 * Refused are other values, a result outside the years 1 to 9999, and a record where the value of
 * by is missing, null or "". The result does not show which key made it.
 */
extern const struct method_work method_shift;

#endif
