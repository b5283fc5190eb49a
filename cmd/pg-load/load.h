#ifndef PG_LOAD_LOAD_H
#define PG_LOAD_LOAD_H

#include <stdbool.h>

#include "base/failure.h"
#include "options.h"

/* The result of a run, as its summary says it, printed after a failure. */
struct load_summary {
    bool plain;     /* complete success */
    char text[320]; /* logfmt; "": no run */
};

/*
 * load_run(options, summary, failure):
 * Load the records of standard input, up to its end, and print a verdict for each on standard
 * output. Return STATUS_OK, or STATUS_PARTIAL when some were rejected, or -1 with ${failure}. Set
 * ${summary}.
 */
int load_run(const struct load_options *options, struct load_summary *summary,
    struct failure *failure);

#endif
