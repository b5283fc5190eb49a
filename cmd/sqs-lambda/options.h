#ifndef SQS_LAMBDA_OPTIONS_H
#define SQS_LAMBDA_OPTIONS_H

struct lambda_options {
    char *const *command; /* its words, then NULL; NULL for the programs in the same folder */
};

/* Return OPT_RUN, or the exit status. */
int options_parse(struct lambda_options *options, int argc, char **argv);

#endif
