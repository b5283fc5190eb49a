#ifndef PG_LOAD_OPTIONS_H
#define PG_LOAD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "load.h"

/* What the command line asks for. */
struct settings {
    struct load_options load;
    bool explain;
    bool force;
    uint64_t prune_ms; /* 0: do not prune */
};

/*
 * options_parse(argc, argv, settings, status):
 * Read the command line into ${settings}. Return true, or false when the program must end with
 * ${status}: after --help, or after a usage error, which has been printed.
 */
bool options_parse(int argc, char **argv, struct settings *settings, int *status);

#endif
