#ifndef PG_LOAD_OPTIONS_H
#define PG_LOAD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/meter.h"
#include "upsert_names.h"

/* The options for loading records. */
struct load_options {
    const char *table;
    const char *dsn;              /* NULL: the environment alone */
    const char *password_command; /* NULL: libpq finds the password */
    const char *map;              /* NULL: searched for */
    bool no_map;
    const char *root;           /* path of the values in a line; NULL: .body */
    bool strict_key;            /* a loaded key with other values is refused */
    const char *key;            /* expression; NULL: the message id */
    struct upsert_names upsert; /* count 0: rows are only inserted */
    bool no_ledger;
    const char *ledger_table; /* NULL: the table's name with _ledger */
    bool no_quarantine;
    const char *error_table; /* NULL: the table's name with _errors */
    bool no_create;
    const char *reject_file;
    bool limited;       /* --max-rejects was given */
    bool limit_percent; /* limit is a percentage */
    uint64_t limit;
    uint64_t batch_rows;
    uint64_t batch_bytes;
    uint64_t linger_ms;
    uint64_t jobs; /* connections */
    uint64_t max_record;
    uint64_t grace_ms;
    uint64_t retry_ms;
    bool require_masked;
    bool refuse_unknown;   /* records with keys that no column takes */
    uint64_t sealed_limit; /* error records of pii-mask in a row; UINT64_MAX: no limit */
    bool dry_run;
    bool show_values;
    struct meter_options meter;
    bool prune;     /* only the ledger is needed, to delete keys */
    bool look_only; /* no table is created, or tried to be */
};

/* The command line. */
struct settings {
    struct load_options load;
    bool explain;
    bool print_status;
    bool force;
    const char *upsert; /* as given */
    const char *newer;
    uint64_t prune_ms; /* 0: do not prune */
};

/*
 * options_parse(argc, argv, settings, status):
 * Read the command line into ${settings}. Return true, or false when the program must end with
 * ${status}: after --help, or after a usage error, which has been printed.
 */
bool options_parse(int argc, char **argv, struct settings *settings, int *status);

#endif
