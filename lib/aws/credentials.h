#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include <stdbool.h>

#include "aws/error.h"

/* What requests are signed with. */
struct credentials {
    char *access_key_id;
    char *secret_access_key;
    char *session_token; /* NULL: long-lived keys have none */
};

/*
 * credentials_load(credentials, profile, error):
 * From the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), unless
 * ${profile} (--profile, or NULL) names one; else from the profile files (aws/profile.h). May be
 * called again for keys that were renewed since.
 */
enum aws_cause credentials_load(struct credentials *credentials, const char *profile,
    struct aws_error *error);

bool credentials_same(const struct credentials *a, const struct credentials *b);
void credentials_free(struct credentials *credentials); /* wipes; of a zeroed one too */

#endif
