#ifndef DETECT_SEPARATOR_H
#define DETECT_SEPARATOR_H

#include <stddef.h>

/*
 * separator(text, length, at, kind):
 * Return the length of a separator between two groups of a number, or 0, with its kind in *kind:
 * ' ', '-', '.' or '/'; otherwise the byte at ${at}. Blanks and hyphens may be typographic (U+00A0,
 * U+202F, U+2011, U+2013). Only lib/detect includes this.
 */
size_t separator(const char *text, size_t length, size_t at, char *kind);

#endif
