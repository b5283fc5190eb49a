#ifndef CREDENTIALS_ROLE_H
#define CREDENTIALS_ROLE_H

#include "aws/credentials.h"
#include "credentials/profile.h"
#include "credentials/request.h"

/*
 * Roles assumed at STS, by its query protocol (version 2011-06-15).
 *
 * STS is where the environment and the profile that was asked for say (credentials/endpoint.h), of
 * a chain of roles at one place; requests are signed for the region of the queue. A clock that is
 * wrong is corrected by the Date of the first answer.
 */
struct credentials_role {
    const char *arn;
    const char *session_name; /* NULL: one of ours */
    const char *external_id;  /* or NULL; not for a web identity */
    const char *duration;     /* seconds, 900 to 43200, in digits; NULL: what STS usually gives */
    const struct profile *settings; /* which say where STS is */
    const char *name;               /* for messages: "the role of profile x" */
};

/* AssumeRole, signed by ${by}. AWS_DENIED and AWS_IDENTITY as for any call. */
enum aws_cause credentials_role_assume(struct credentials *credentials,
    const struct credentials_request *request, const struct credentials_role *role,
    const struct credentials *by, struct aws_error *error);

/* AssumeRoleWithWebIdentity, with the token instead of a signature. */
enum aws_cause credentials_role_assume_by_token(struct credentials *credentials,
    const struct credentials_request *request, const struct credentials_role *role,
    const char *token, struct aws_error *error);

#endif
