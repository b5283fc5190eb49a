#ifndef SQS_UNWRAP_OPTIONS_H
#define SQS_UNWRAP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/meter.h"

/* What the command line says; the strings are its own. */
struct options {
    unsigned kinds; /* a set of kind.h */
    const char *json;
    const char *each; /* a path, or NULL */
    bool lines;
    struct meter_options meter;
    bool require_sandbox;
    uint64_t max_record;
    uint64_t max_parts;
    uint64_t grace_ms;
};

/*
 * options_parse(options, argc, argv, stop):
 * Return the status to exit with if *stop (after --help, or a usage error, which has been said),
 * else 0.
 */
int options_parse(struct options *options, int argc, char **argv, bool *stop);

#endif
