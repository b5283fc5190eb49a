#ifndef CREDENTIALS_CONTAINER_H
#define CREDENTIALS_CONTAINER_H

#include "aws/credentials.h"
#include "credentials/request.h"

/*
 * Credentials of a container's task or pod, from the endpoint that its host provides (ECS, EKS Pod
 * Identity, and what else offers one):
 *
 *     AWS_CONTAINER_CREDENTIALS_RELATIVE_URI      a path of http://169.254.170.2; else
 *     AWS_CONTAINER_CREDENTIALS_FULL_URI          a URL: https, or http of this machine's loopback
 *                                                 or of 169.254.170.2, 169.254.170.23,
 *                                                 [fd00:ec2::23], written as address, or localhost
 *     AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE      a file, read anew each time, or else
 *     AWS_CONTAINER_AUTHORIZATION_TOKEN           the text, of the Authorization header
 *
 * Never by a proxy, which would learn the token. AWS_OK with zeroed ${credentials}: neither URI is
 * set.
 */
enum aws_cause credentials_container_fetch(struct credentials *credentials,
    const struct credentials_request *request, struct aws_error *error);

#endif
