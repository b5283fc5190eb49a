/* As json_fuzzed.c, of the build where there is SSE2 and no AVX2. */
#define JSON_NO_AVX2
#include "json_fuzzed.c"
