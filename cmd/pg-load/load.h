#ifndef PG_LOAD_LOAD_H
#define PG_LOAD_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/meter.h"
#include "failure.h"

struct load_options {
    const char *table;
    const char *dsn; /* NULL: the environment alone */
    const char *map; /* NULL: searched for */
    bool no_map;
    const char *root; /* path of the values in a line; NULL: .body */
    const char *key;  /* expression; NULL: the message id */
    bool no_ledger;
    const char *ledger_table; /* NULL: the table's name with _ledger */
    bool no_quarantine;
    const char *error_table; /* NULL: the table's name with _errors */
    bool no_create;
    const char *reject_file;
    bool limited;       /* --max-rejects was given: */
    bool limit_percent; /* as a percentage */
    uint64_t limit;
    uint64_t batch_rows;
    uint64_t batch_bytes;
    uint64_t linger_ms;
    uint64_t jobs; /* connections */
    uint64_t max_record;
    uint64_t grace_ms;
    uint64_t retry_ms;
    bool dry_run;
    bool show_values;
    struct meter_options meter;
    bool prune;     /* only the ledger is wanted, to forget keys */
    bool look_only; /* what would be created is neither created nor tried */
};

/* What came of the run, as its last line says it: to be printed behind what failed. */
struct load_summary {
    bool plain;     /* all was plain success */
    char text[320]; /* logfmt; "": there was no run */
};

/*
 * load_run(options, summary, failure):
 * Load the records of standard input, a verdict for each on standard output, until its end. Return
 * 0, or 1 when some were rejected, or -1 with ${failure}; and ${summary}.
 */
int load_run(const struct load_options *options, struct load_summary *summary,
    struct failure *failure);

#endif
