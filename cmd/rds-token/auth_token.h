#ifndef RDS_TOKEN_AUTH_TOKEN_H
#define RDS_TOKEN_AUTH_TOKEN_H

#include <stdint.h>

#include "aws/credentials.h"
#include "aws/error.h"
#include "base/buf.h"

/*
 * What RDS takes for a password where a database's user signs in by IAM: the URL of a signed
 * request without its scheme, "HOST:PORT/?Action=connect&DBUser=…&X-Amz-…", as botocore's
 * generate_db_auth_token() has it, byte for byte. It is good for 15 minutes, for this host, port
 * and user, and nothing is asked to make it but who gives the credentials.
 */
struct auth_token_wanted {
    const char *host;
    uint64_t port;
    const char *user;
    const char *region;  /* NULL: the host's, AWS_REGION, AWS_DEFAULT_REGION, the profile's */
    const char *profile; /* NULL: as credentials/profile.h finds it */
};

/* Append it, signed by ${credentials} at ${now_ms} for ${region}. 0, or -1: out of memory. */
int auth_token_sign(struct buf *out, const struct auth_token_wanted *wanted, const char *region,
    const struct credentials *credentials, uint64_t now_ms);

/* Find region and credentials, and append it. */
enum aws_cause auth_token_make(struct buf *out, const struct auth_token_wanted *wanted,
    struct aws_error *error);

#endif
