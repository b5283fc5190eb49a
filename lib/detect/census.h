#ifndef DETECT_CENSUS_H
#define DETECT_CENSUS_H

#include <stddef.h>

/*
 * The number of bytes of each sort in a text. This alone excludes most kinds, so the counts are
 * made once and checked before anything else.
 */
struct census {
    size_t length; /* of the text */
    size_t digits;
    size_t letters;  /* of ASCII, and all bytes of other characters */
    size_t capitals; /* of ASCII; also in ${letters} */
    size_t hex;      /* A to F, in either case; also in ${letters} */
    size_t blanks;   /* U+0020 */
    size_t dots;
    size_t colons;
    size_t hyphens;
    size_t ats; /* "@", or what may be its escape: "%" (%40) and "\" (\u0040) */
};

/* From this length on, sixteen bytes are counted together with SSE2, which every x86-64 has. */
enum { CENSUS_WIDE = 64 };

/* Count text[0, length), any bytes. */
void census_take(const char *text, size_t length, struct census *census);

/*
 * census_take_signs(text, length, census):
 * Do a cheaper census_take(). In a text of CENSUS_WIDE bytes or more it counts only digits, dots,
 * colons, hyphens and ats; do not read the other counts. In a shorter text it counts all.
 */
void census_take_signs(const char *text, size_t length, struct census *census);

#endif
