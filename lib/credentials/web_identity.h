#ifndef CREDENTIALS_WEB_IDENTITY_H
#define CREDENTIALS_WEB_IDENTITY_H

#include "aws/credentials.h"
#include "credentials/profile.h"
#include "credentials/request.h"
#include "credentials/role.h"

/*
 * A role assumed with the token of an identity provider, from a file that is re-read each time (IAM
 * roles for service accounts, GitHub and other OpenID Connect).
 */

/*
 * Use AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME; for an unset one,
 * web_identity_token_file, role_arn or role_session_name of the profile. AWS_OK with zeroed
 * ${credentials}: neither of the first two is set, there is no file, or --profile is given.
 */
enum aws_cause credentials_web_identity_fetch(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile,
    struct aws_error *error);

/*
 * Use ${role} and ${file}. An unusable file is ${cause}; the message begins with ${place}, where it
 * is named.
 */
enum aws_cause credentials_web_identity_assume(struct credentials *credentials,
    const struct credentials_request *request, const struct credentials_role *role,
    const char *file, enum aws_cause cause, const char *place, struct aws_error *error);

#endif
