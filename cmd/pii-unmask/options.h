#ifndef PII_UNMASK_OPTIONS_H
#define PII_UNMASK_OPTIONS_H

#include "mask/program.h"

/*
 * The command line. main.c fills it in, and it does not change afterwards. The strings are those of
 * argv.
 */
struct options {
    struct program_settings program;
    const char *mapping; /* file to read instead of standard input, or NULL */
};

#endif
