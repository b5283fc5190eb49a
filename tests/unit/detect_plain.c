/* The counts of bytes without SSE2. */
#include "detect_census.c"

#define DETECT_NO_SIMD
#include "../../lib/detect/census.c"
