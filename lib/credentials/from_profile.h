#ifndef CREDENTIALS_FROM_PROFILE_H
#define CREDENTIALS_FROM_PROFILE_H

#include "aws/credentials.h"
#include "credentials/profile.h"
#include "credentials/request.h"

/*
 * Credentials from a profile. The first of these settings is used:
 *
 *     role_arn with source_profile or credential_source (Environment, EcsContainer,
 *         Ec2InstanceMetadata), external_id, role_session_name, duration_seconds; the source
 *         profile may need a role itself, up to FROM_PROFILE_ROLES of them
 *     role_arn with web_identity_token_file, role_session_name, duration_seconds
 *     sso_session, sso_start_url: not supported; the hint names the replacement
 *     aws_access_key_id, aws_secret_access_key, aws_security_token or aws_session_token
 *     login_session: not supported; the hint names the replacement
 *     credential_process
 *
 * In a source profile, keys take precedence over a role; a profile may name itself as the source of
 * its keys. Roles that need a code of a device (mfa_serial) cannot be assumed: these programs run
 * without a person to ask.
 *
 * AWS_OK with zeroed ${credentials}: the profile has none of these settings. An error in it is
 * AWS_CONFIG, with file and line in the message.
 */
enum { FROM_PROFILE_ROLES = 8 };

/* Return true when the first of these is set. */
bool credentials_from_profile_wants_role(const struct profile *profile);

enum aws_cause credentials_from_profile_fetch(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile,
    struct aws_error *error);

#endif
