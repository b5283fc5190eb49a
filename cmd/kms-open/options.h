#ifndef KMS_OPEN_OPTIONS_H
#define KMS_OPEN_OPTIONS_H

#include <stdbool.h>

#include "base/buf.h"
#include "sqs/connect.h"

/* What the command line asks for. */
struct kms_options {
    const char *file;
    bool seal;
    bool group_readable;
    const char *key_id; /* NULL: none */
    struct buf context; /* a JSON object without its closing brace; empty: none */
    struct connect_options connect;
};

/*
 * options_parse(options, argc, argv):
 * OPT_RUN, or the status to exit with: after --help, or after an error, which has been printed.
 * The options are freed by the caller in any case.
 */
int options_parse(struct kms_options *options, int argc, char **argv);
void options_free(struct kms_options *options);

/* The encryption context as KMS takes it; NULL: there is none, or (buf.failed) out of memory. */
const char *options_context(struct kms_options *options);

#endif
