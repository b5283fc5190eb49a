#ifndef MASK_METHOD_FF1_H
#define MASK_METHOD_FF1_H

#include "mask/method_work.h"

/*
 * ff1: FF1 of NIST SP 800-38G (crypto/ff1.h) over the characters of a value that are in the
 * alphabet; all others stay, in their places. Option alphabet:
 *
 *     digits   0-9, the usual one
 *     hex      0-9 a-f
 *     alnum36  0-9 a-z
 *     alnum62  0-9 A-Z a-z, each in this order
 *
 * The key is 32 bytes of keyring_derive() for "ff1" and the domain, AES-256; the tweak is the
 * domain. Option keep=N leaves the first N of these characters, and the tweak is the domain, a zero
 * byte and these characters then. Refused are values with another letter or digit, of whatever
 * script (and any character not known to be neither), and those with too few numerals for a domain
 * of a million, or more than FF1_MAX.
 *
 * A number stays a number: that is for integers without exponent under "digits", and the first
 * digit of what comes out must not be zero, so that FF1 is repeated until it is none (cycle
 * walking, which keeps it a permutation). Hence seven digits at least; with keep the first digit
 * stays, and six others are enough.
 *
 * What comes out does not show whose key it is of.
 */
extern const struct method_work method_ff1;

#endif
