#ifndef SQS_PULL_OPTIONS_H
#define SQS_PULL_OPTIONS_H

#include <stdbool.h>

#include "pull.h"
#include "sqs/connect.h"

/* What the command line asks for. */
struct settings {
    struct pull_options pull; /* but for acked, which is to be opened */
    struct connect_options connect;
    const char *acked; /* path of a FIFO; NULL: no leases */
    bool has_wait;
    bool has_empties;
    bool has_visibility; /* else the queue's own is to be read */
    bool has_leases;     /* an option that wants --acked */
};

/*
 * options_parse(argc, argv, settings, status):
 * Read the command line into ${settings}. True; or false when the program must end with ${status}:
 * after --help, or after a usage error, which has been printed.
 */
bool options_parse(int argc, char **argv, struct settings *settings, int *status);

/* The value of --acked on a command line that is wrong elsewhere, or NULL. */
const char *options_fifo(int argc, char **argv);

#endif
