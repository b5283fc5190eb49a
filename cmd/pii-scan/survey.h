#ifndef PII_SCAN_SURVEY_H
#define PII_SCAN_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/meter.h"

/* What the command line says; the strings are the caller's. */
struct settings {
    const char *policy_file; /* or NULL */
    const char *root;        /* NULL: ".body", and a line that is no record is one as it is */
    bool suggest;
    bool json;
    bool require_sandbox;
    struct meter_options meter;
    uint64_t number; /* of records; 0: all */
    uint64_t max_record;
    uint64_t grace_ms;
};

/* Do the work from standard input to output. Return the status to exit with, after its message. */
int survey_run(const struct settings *settings);

#endif
