#ifndef RDS_TOKEN_OPTIONS_H
#define RDS_TOKEN_OPTIONS_H

#include "auth_token.h"

/* The command line, parsed. */
struct rds_options {
    struct auth_token_wanted token;
    const char *settings; /* file; NULL for none */
};

/*
 * options_parse(options, argc, argv):
 * Return OPT_RUN, or the exit status after --help or a reported usage error.
 */
int options_parse(struct rds_options *options, int argc, char **argv);

#endif
