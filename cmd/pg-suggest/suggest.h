#ifndef PG_SUGGEST_SUGGEST_H
#define PG_SUGGEST_SUGGEST_H

#include <stdint.h>

#include "record/stream_options.h"

/* What the command line says; the strings are the caller's. */
struct settings {
    const char *table;  /* quoted as SQL needs it */
    const char *name;   /* the same without quotes, for files */
    const char *root;   /* NULL: ".body" */
    const char *folder; /* NULL: standard output */
    uint64_t number;    /* of records; 0: all */
    struct stream_options stream;
};

/* Do the work from standard input. Return the status to exit with, after its message. */
int suggest_run(const struct settings *settings);

#endif
