#ifndef DETECT_CENSUS_H
#define DETECT_CENSUS_H

#include <stddef.h>

/*
 * How many bytes of each sort a text has. Most of what a text could be is told by that alone, so it
 * is counted once, and everything else asks the counts first.
 */
struct census {
    size_t length; /* of the text */
    size_t digits;
    size_t letters;  /* of ASCII, and all bytes of other characters */
    size_t capitals; /* of ASCII, ${letters} as well */
    size_t hex;      /* A to F, in either case, ${letters} as well */
    size_t blanks;   /* U+0020 */
    size_t dots;
    size_t colons;
    size_t hyphens;
    size_t ats; /* or percent signs, as of %40 */
};

/* From so many bytes on, sixteen are counted together where there is SSE2, as every x86-64 has. */
enum { CENSUS_WIDE = 64 };

/* Count text[0, length), any bytes. */
void census_take(const char *text, size_t length, struct census *census);

/*
 * census_take_signs(text, length, census):
 * As census_take(), for less, in a text of CENSUS_WIDE bytes or more: digits, dots, colons, hyphens
 * and ats are counted, and the others are not to be looked at. In a shorter one all are.
 */
void census_take_signs(const char *text, size_t length, struct census *census);

#endif
