#ifndef RDS_TOKEN_AUTH_TOKEN_H
#define RDS_TOKEN_AUTH_TOKEN_H

#include <stdint.h>

#include "aws/error.h"
#include "base/buf.h"

/*
 * The password that RDS accepts from a database user who signs in with IAM. It is the URL of a
 * signed request without its scheme, "HOST:PORT/?Action=connect&DBUser=…&X-Amz-…", byte for byte as
 * from generate_db_auth_token() of botocore. It is valid for 15 minutes, for this host, port and
 * user. Making it needs no request except for the credentials.
 */
struct auth_token_wanted {
    const char *host;
    uint64_t port;
    const char *user;
    const char *region;  /* NULL: that of the host, AWS_REGION, AWS_DEFAULT_REGION, the profile */
    const char *profile; /* NULL: found as in credentials/profile.h */
};

/* Find region and credentials, and append the token to ${out}, which has room for it and which the
 * caller wipes. Return AWS_OK, or the cause with ${error}. */
enum aws_cause auth_token_make(struct buf *out, const struct auth_token_wanted *wanted,
    struct aws_error *error);

#endif
