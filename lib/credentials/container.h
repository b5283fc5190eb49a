#ifndef CREDENTIALS_CONTAINER_H
#define CREDENTIALS_CONTAINER_H

#include "aws/credentials.h"
#include "credentials/request.h"

/*
 * Credentials of the task or pod of a container, from the endpoint of its host (ECS, EKS Pod
 * Identity, and others):
 *
 *     AWS_CONTAINER_CREDENTIALS_RELATIVE_URI      a path of http://169.254.170.2; else
 *     AWS_CONTAINER_CREDENTIALS_FULL_URI          a URL: https, or http of the loopback of this
 *                                                 machine or of 169.254.170.2, 169.254.170.23,
 *                                                 [fd00:ec2::23], as address, or localhost
 *     AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE      a file, re-read each time, or else
 *     AWS_CONTAINER_AUTHORIZATION_TOKEN           the text, of the Authorization header
 *
 * A proxy is never used: it would learn the token. AWS_OK with zeroed ${credentials}: neither URI
 * is set.
 */
enum aws_cause credentials_container_fetch(struct credentials *credentials,
    const struct credentials_request *request, struct aws_error *error);

#endif
