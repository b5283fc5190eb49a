/* The counts of bytes as they are taken where there is no SSE2. */
#include "detect_census.c"

#define DETECT_NO_SIMD
#include "../../lib/detect/census.c"
