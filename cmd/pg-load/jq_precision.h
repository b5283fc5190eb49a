#ifndef PG_LOAD_JQ_PRECISION_H
#define PG_LOAD_JQ_PRECISION_H

#include <stdbool.h>
#include <stddef.h>

/* Return true when a number in the JSON text has more digits than libjq, which computes with
 * doubles, can tell apart. */
bool jq_precision_exceeded(const char *text, size_t length);

#endif
