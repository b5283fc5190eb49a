#ifndef SQS_UNWRAP_OPTIONS_H
#define SQS_UNWRAP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/opt.h"
#include "record/stream_options.h"

/* What the command line says; the strings are its own. */
struct options {
    unsigned kinds; /* a set of kind.h */
    const char *json;
    const char *each; /* a path, or NULL */
    bool lines;
    uint64_t max_parts;
    struct stream_options stream;
};

/* OPT_RUN, or the status to exit with: after --help, or a usage error, which has been said. */
int options_parse(struct options *options, int argc, char **argv);

#endif
