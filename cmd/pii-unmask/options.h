#ifndef PII_UNMASK_OPTIONS_H
#define PII_UNMASK_OPTIONS_H

#include "mask/program.h"

/*
 * What the command line says: main.c fills it in, and nothing changes it afterwards. The strings
 * are those of argv.
 */
struct options {
    struct program_settings program;
    const char *mapping; /* a file whose lines are read instead of standard input, or NULL */
};

#endif
