#ifndef PG_LOAD_LOAD_H
#define PG_LOAD_LOAD_H

#include <stdbool.h>

#include "base/failure.h"
#include "options.h"

/* What came of the run, as its last line says it: to be printed behind what failed. */
struct load_summary {
    bool plain;     /* all was plain success */
    char text[320]; /* logfmt; "": there was no run */
};

/*
 * load_run(options, summary, failure):
 * Load the records of standard input, a verdict for each on standard output, until its end. Return
 * STATUS_OK, or STATUS_PARTIAL when some were rejected, or -1 with ${failure}; and ${summary}.
 */
int load_run(const struct load_options *options, struct load_summary *summary,
    struct failure *failure);

#endif
