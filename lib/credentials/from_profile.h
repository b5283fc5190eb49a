#ifndef CREDENTIALS_FROM_PROFILE_H
#define CREDENTIALS_FROM_PROFILE_H

#include "aws/credentials.h"
#include "credentials/profile.h"
#include "credentials/request.h"

/*
 * What a profile says of credentials. The first of these that stands in it is used:
 *
 *     role_arn with source_profile or credential_source (Environment, EcsContainer,
 *         Ec2InstanceMetadata), external_id, role_session_name, duration_seconds; the source
 *         profile may want a role itself, up to FROM_PROFILE_ROLES of them
 *     role_arn with web_identity_token_file, role_session_name, duration_seconds
 *     sso_session, sso_start_url: not served; the hint says by what to replace it
 *     aws_access_key_id, aws_secret_access_key, aws_security_token or aws_session_token
 *     login_session: not served, likewise
 *     credential_process
 *
 * In a source profile keys go before a role; a profile may name itself as the source of its keys.
 * Roles that want a code of a device (mfa_serial) cannot be assumed: nobody may be there to ask.
 *
 * AWS_OK with zeroed ${credentials}: it says nothing of them. What is wrong in it is AWS_CONFIG,
 * with file and line in the message.
 */
enum { FROM_PROFILE_ROLES = 8 };

/* Whether the first of these stands in it. */
bool credentials_from_profile_wants_role(const struct profile *profile);

enum aws_cause credentials_from_profile_fetch(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile,
    struct aws_error *error);

#endif
