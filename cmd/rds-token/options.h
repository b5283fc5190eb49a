#ifndef RDS_TOKEN_OPTIONS_H
#define RDS_TOKEN_OPTIONS_H

#include "auth_token.h"

/* What the command line asks for. */
struct rds_options {
    struct auth_token_wanted token;
    const char *settings; /* file; NULL: none */
};

/*
 * options_parse(options, argc, argv):
 * OPT_RUN, or the status to exit with: after --help, or after a usage error, which has been
 * printed.
 */
int options_parse(struct rds_options *options, int argc, char **argv);

#endif
