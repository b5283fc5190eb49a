#ifndef PII_SCAN_SURVEY_H
#define PII_SCAN_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "record/stream_options.h"

/* The command line; the strings are the caller's. */
struct settings {
    const char *policy_file; /* or NULL */
    const char *root;        /* NULL: ".body", and plain lines are accepted */
    bool suggest;
    bool json;
    uint64_t number; /* maximum of records; 0: no limit */
    struct stream_options stream;
};

/*
 * Do the work from standard input to standard output. Print a message on failure. Return the exit
 * status.
 */
int survey_run(const struct settings *settings);

#endif
