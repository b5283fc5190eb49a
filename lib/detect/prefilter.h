#ifndef DETECT_PREFILTER_H
#define DETECT_PREFILTER_H

#include "detect/census.h"

/*
 * Return the kinds of the set ${kinds} (detect/detect.h) that a text can hold, by its numbers of
 * digits, dots, colons, hyphens and ats.
 */
unsigned prefilter_kinds(const struct census *census, unsigned kinds);

#endif
