#ifndef DETECT_PREFILTER_H
#define DETECT_PREFILTER_H

#include "detect/census.h"

/* Those of the set ${kinds} (detect/detect.h) that a text can hold, by how many digits, dots,
 * colons, hyphens and ats are in it. */
unsigned prefilter_kinds(const struct census *census, unsigned kinds);

#endif
