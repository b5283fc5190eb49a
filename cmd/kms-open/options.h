#ifndef KMS_OPEN_OPTIONS_H
#define KMS_OPEN_OPTIONS_H

#include <stdbool.h>

#include "base/buf.h"
#include "sqs/connect.h"

/* The command line, parsed. */
struct kms_options {
    const char *file;
    bool seal;
    bool group_readable;
    const char *key_id; /* NULL for none */
    struct buf context; /* a JSON object without its closing brace; empty for none */
    struct connect_options connect;
};

/*
 * options_parse(options, argc, argv):
 * Return OPT_RUN, or the exit status after --help or a reported error. The caller frees the options
 * in each case.
 */
int options_parse(struct kms_options *options, int argc, char **argv);
void options_free(struct kms_options *options);

/* Return the encryption context for KMS. Return NULL when there is none or, with buf.failed, when
 * memory runs out. */
const char *options_context(struct kms_options *options);

#endif
