#ifndef MASK_METHOD_ROUND_H
#define MASK_METHOD_ROUND_H

#include "mask/method_work.h"

/*
 * round: down, towards minus infinity. Option unit:
 *
 *     a number  A JSON number, or a string that spells one (leading zeroes may stand there), to a
 *               multiple of it. Kind, decimal places, exponent and leading zeroes stay.
 *     day, month, year
 *               A string that is a date or time (mask/date.h): what is smaller becomes its first
 *               value. One without a day, or month, is rounded already.
 *
 * Refused are other values, numbers of more than METHOD_ROUND_DIGITS digits or with an exponent
 * past that, and those whose result cannot be spelt with the exponent that they have. There is no
 * key.
 */
extern const struct method_work method_round;

enum { METHOD_ROUND_DIGITS = 300 };

#endif
