#ifndef CREDENTIALS_INSTANCE_H
#define CREDENTIALS_INSTANCE_H

#include "aws/credentials.h"
#include "credentials/profile.h"
#include "credentials/request.h"

/*
 * Credentials of the role of an EC2 instance, from its metadata service, version 2 only (IMDSv2): a
 * session token is fetched by PUT each time, the role's name and its credentials with it. Version
 * 1, which anybody who can make the machine send a GET may use, is never fallen back on.
 *
 *     AWS_EC2_METADATA_DISABLED                  "true": it is not asked
 *     AWS_EC2_METADATA_SERVICE_ENDPOINT          a URL; the profile's ec2_metadata_service_endpoint
 *     AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE     IPv4 or IPv6, when there is none; the profile's
 *                                                ec2_metadata_service_endpoint_mode
 *
 * The usual one is http://169.254.169.254, http://[fd00:ec2::254] for IPv6. Never by a proxy. Each
 * attempt to connect takes one second, each answer two, so that it is soon known that a machine is
 * no instance.
 *
 * AWS_OK with zeroed ${credentials}: there are none, and *reason continues a sentence that says so
 * (", and …"; a static string, maybe empty).
 */
enum aws_cause credentials_instance_fetch(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile, const char **reason,
    struct aws_error *error);

#endif
