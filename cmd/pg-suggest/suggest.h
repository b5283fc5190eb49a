#ifndef PG_SUGGEST_SUGGEST_H
#define PG_SUGGEST_SUGGEST_H

#include <stdint.h>

#include "record/stream_options.h"

/* The settings of the command line; the caller owns the strings. */
struct settings {
    const char *table;  /* quoted as SQL needs it */
    const char *name;   /* the same without quotes, for files */
    const char *root;   /* NULL: ".body" */
    const char *folder; /* NULL: standard output */
    uint64_t number;    /* of records to read; 0: all */
    struct stream_options stream;
};

/* Do the work from standard input, and print messages. Return the status to exit with. */
int suggest_run(const struct settings *settings);

#endif
