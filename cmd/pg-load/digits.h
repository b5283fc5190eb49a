#ifndef PG_LOAD_DIGITS_H
#define PG_LOAD_DIGITS_H

#include <stdbool.h>
#include <stddef.h>

/* Return true when a number in the JSON text has more digits than libjq, which computes with
 * doubles, can tell apart. */
bool digits_too_many(const char *text, size_t length);

#endif
