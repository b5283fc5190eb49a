#ifndef JSON_CASE_FOLD_H
#define JSON_CASE_FOLD_H

#include <stdint.h>

/*
 * Return the simple case folding (Unicode 14.0, section 5.18) of a code point of 0x80 or more. In
 * UTF-8 it is at most one byte longer, and then has three. Only lib/json includes this.
 */
uint32_t json_case_fold(uint32_t point);

#endif
