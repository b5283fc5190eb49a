/* json_fuzzed.c for the build with SSE2 and without AVX2. */
#define JSON_NO_AVX2
#include "json_fuzzed.c"
