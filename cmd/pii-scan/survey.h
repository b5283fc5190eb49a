#ifndef PII_SCAN_SURVEY_H
#define PII_SCAN_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "record/stream_options.h"

/* What the command line says; the strings are the caller's. */
struct settings {
    const char *policy_file; /* or NULL */
    const char *root;        /* NULL: ".body", and a line that is no record is one as it is */
    bool suggest;
    bool json;
    uint64_t number; /* of records; 0: all */
    struct stream_options stream;
};

/* Do the work from standard input to output. Return the status to exit with, after its message. */
int survey_run(const struct settings *settings);

#endif
