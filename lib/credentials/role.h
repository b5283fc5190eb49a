#ifndef CREDENTIALS_ROLE_H
#define CREDENTIALS_ROLE_H

#include "aws/credentials.h"
#include "credentials/profile.h"
#include "credentials/request.h"

/*
 * Roles assumed at STS, with its query protocol (version 2011-06-15).
 *
 * Environment and profile set the endpoint of STS (credentials/endpoint.h), the same for all roles
 * of a chain; requests are signed for the region of the queue. The Date of the first answer
 * corrects a wrong clock.
 */
struct credentials_role {
    const char *arn;
    const char *session_name; /* NULL for a generated one */
    const char *external_id;  /* or NULL; not for a web identity */
    const char *duration;     /* seconds, 900 to 43200, in digits; NULL for the default of STS */
    const struct profile *settings; /* with the endpoint of STS */
    const char *name;               /* for messages: "the role of profile x" */
};

/* Call AssumeRole, signed with ${by}. AWS_DENIED and AWS_IDENTITY as for any call. */
enum aws_cause credentials_role_assume(struct credentials *credentials,
    const struct credentials_request *request, const struct credentials_role *role,
    const struct credentials *by, struct aws_error *error);

/* Call AssumeRoleWithWebIdentity, with the token instead of a signature. */
enum aws_cause credentials_role_assume_by_token(struct credentials *credentials,
    const struct credentials_request *request, const struct credentials_role *role,
    const char *token, struct aws_error *error);

#endif
