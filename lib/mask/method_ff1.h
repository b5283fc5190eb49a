#ifndef MASK_METHOD_FF1_H
#define MASK_METHOD_FF1_H

#include "mask/method_work.h"

/*
 * ff1: FF1 of NIST SP 800-38G (crypto/ff1.h) over the characters of a value that are in the
 * alphabet. All others stay in their places. Option alphabet:
 *
 *     digits   0-9, the default
 *     hex      0-9 a-f
 *     alnum36  0-9 a-z
 *     alnum62  0-9 A-Z a-z, each in this order
 *
 * The key is 32 bytes of keyring_derive() for "ff1" and the domain, AES-256; the tweak is the
 * domain. Option keep=N leaves the first N of these characters; the tweak is then the domain, a
 * zero byte and these characters. Refused are values with another letter or digit of any script, or
 * with a character not known to be neither. Refused are also values with too few numerals for a
 * domain of a million, or more than FF1_MAX.
 *
 * A number stays a number. This holds for integers without exponent under "digits". The first digit
 * of the result must not be zero, so FF1 is repeated until it is not (cycle walking, which keeps it
 * a permutation). Hence a number needs seven digits; with keep the first digit stays, and six
 * others are enough.
 *
 * The result does not show which key made it.
 */
extern const struct method_work method_ff1;

#endif
