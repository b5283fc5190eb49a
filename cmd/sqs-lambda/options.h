#ifndef SQS_LAMBDA_OPTIONS_H
#define SQS_LAMBDA_OPTIONS_H

struct lambda_options {
    char *const *command; /* its words, ended by NULL; NULL: the programs beside this one */
};

/* OPT_RUN, or the status to exit with. */
int options_parse(struct lambda_options *options, int argc, char **argv);

#endif
