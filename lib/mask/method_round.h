#ifndef MASK_METHOD_ROUND_H
#define MASK_METHOD_ROUND_H

#include "mask/method_work.h"

/*
 * round: down, towards minus infinity. Option unit:
 *
 *     a number  Round a JSON number, or a string that spells one (leading zeroes allowed), to a
 *               multiple of it. Kind, decimal places, exponent and leading zeroes stay.
 *     day, month, year
 *               Round a string that is a date or time (mask/date.h): smaller parts get their first
 *               value. A date without a day, or month, is already rounded.
 *
 * Refused are other values, numbers of more than METHOD_ROUND_DIGITS digits or with an exponent
 * past that, and numbers whose result their exponent cannot spell. There is no key.
 */
extern const struct method_work method_round;

enum { METHOD_ROUND_DIGITS = 300 };

#endif
