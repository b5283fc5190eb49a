#ifndef SQS_UNWRAP_OPTIONS_H
#define SQS_UNWRAP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/opt.h"
#include "record/stream_options.h"

/* The command line, parsed; its strings are those of argv. */
struct options {
    unsigned kinds; /* a set of kind.h */
    const char *json;
    const char *each; /* a path, or NULL */
    bool lines;
    uint64_t max_parts;
    struct stream_options stream;
};

/* Return OPT_RUN, or the exit status after --help or a reported usage error. */
int options_parse(struct options *options, int argc, char **argv);

#endif
