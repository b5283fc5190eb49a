#ifndef CREDENTIALS_CHAIN_H
#define CREDENTIALS_CHAIN_H

#include "aws/credentials.h"
#include "aws/error.h"
#include "credentials/request.h"

/*
 * credentials_chain_load(credentials, request, error):
 * Ask each source in the order of the AWS SDKs. The first one that is set up gives the credentials;
 * when it fails, no other is asked:
 *
 *     the environment              credentials/environment.h   not with --profile
 *     the role of the profile      credentials/from_profile.h
 *     a web identity               credentials/web_identity.h  not with --profile
 *     other profile settings       credentials/from_profile.h
 *     the container endpoint       credentials/container.h
 *     the instance metadata        credentials/instance.h
 *
 * Variables and files are re-read each time. The call blocks until there is a result: at most 12
 * seconds for an endpoint or the instance, 20 for each role to assume, 60 for a credential_process.
 * AWS_SETTING: there are none, or they cannot be used; AWS_CONFIG: a file is wrong; AWS_TEMPORARY:
 * the source did not answer any of several tries.
 *
 * Credentials that have expired by the clock of this machine are returned too: the clock may be
 * wrong, and the source may have none newer. The server decides.
 */
enum aws_cause credentials_chain_load(struct credentials *credentials,
    const struct credentials_request *request, struct aws_error *error);

#endif
