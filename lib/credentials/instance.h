#ifndef CREDENTIALS_INSTANCE_H
#define CREDENTIALS_INSTANCE_H

#include "aws/credentials.h"
#include "credentials/profile.h"
#include "credentials/request.h"

/*
 * Credentials of the role of an EC2 instance, from its metadata service, version 2 only (IMDSv2). A
 * PUT fetches a session token each time, then the name of the role and its credentials. Version 1
 * is never used: it serves anyone who can make the machine send a GET.
 *
 *     AWS_EC2_METADATA_DISABLED                  "true": it is not asked
 *     AWS_EC2_METADATA_SERVICE_ENDPOINT          a URL; or ec2_metadata_service_endpoint of the
 *                                                profile
 *     AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE     IPv4 or IPv6, when there is no URL; or
 *                                                ec2_metadata_service_endpoint_mode of the
 *                                                profile
 *
 * The default is http://169.254.169.254, or http://[fd00:ec2::254] for IPv6. A proxy is never used.
 * Each connection attempt takes at most one second and each answer two, so a machine that is no
 * instance is recognized soon.
 *
 * AWS_OK with zeroed ${credentials}: there are none, and *reason continues a sentence that says so
 * (", and …"; a static string, maybe empty).
 */
enum aws_cause credentials_instance_fetch(struct credentials *credentials,
    const struct credentials_request *request, const struct profile *profile, const char **reason,
    struct aws_error *error);

#endif
