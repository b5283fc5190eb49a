#ifndef PII_MASK_OPTIONS_H
#define PII_MASK_OPTIONS_H

#include <stdbool.h>

#include "mask/program.h"

/*
 * The command line. main.c fills it in, and it does not change afterwards. The strings are those of
 * argv.
 */
struct options {
    struct program_settings program;
    bool rewrap; /* instead of masking */
};

#endif
