#ifndef CREDENTIALS_CHAIN_H
#define CREDENTIALS_CHAIN_H

#include "aws/credentials.h"
#include "aws/error.h"
#include "credentials/request.h"

/*
 * credentials_chain_load(credentials, request, error):
 * Ask each place in the order of the AWS SDKs; the first that is set up for it gives them, and if
 * it fails no further one is asked:
 *
 *     the environment              credentials/environment.h   not with --profile
 *     the profile's role           credentials/from_profile.h
 *     a web identity               credentials/web_identity.h  not with --profile
 *     else of the profile files    credentials/from_profile.h
 *     the container's endpoint     credentials/container.h
 *     the instance's metadata      credentials/instance.h
 *
 * The variables of the environment are read anew each time, and so are files. Blocks until it is
 * known: at most 12 seconds for an endpoint or the instance, 20 for each role to assume, 60 for a
 * credential_process. AWS_SETTING: there are none, or what is set up cannot be used; AWS_CONFIG:
 * a file is wrong; AWS_TEMPORARY: who gives them did not answer, tries repeated.
 *
 * Credentials that have expired by this machine's clock are given all the same: the clock may be
 * wrong, and who is asked may have none newer. The server decides.
 */
enum aws_cause credentials_chain_load(struct credentials *credentials,
    const struct credentials_request *request, struct aws_error *error);

#endif
