#ifndef DETECT_PREFILTER_H
#define DETECT_PREFILTER_H

#include <stddef.h>

/*
 * prefilter_kinds(text, length, kinds):
 * Those of the set ${kinds} (detect/detect.h) that the text can hold, by how many digits, dots and
 * so on are in it. Sixteen bytes are counted together where there is SSE2, as every x86-64 has.
 */
unsigned prefilter_kinds(const char *text, size_t length, unsigned kinds);

#endif
