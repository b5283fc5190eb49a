#ifndef KMS_OPEN_KMS_SERVICE_H
#define KMS_OPEN_KMS_SERVICE_H

#include "aws/error.h"
#include "credentials/profile.h"
#include "credentials/region.h"
#include "http/url.h"
#include "sqs/connect.h"

/*
 * Where KMS is and in which region, as options, environment and profile have it.
 *
 * Endpoint: --endpoint-url, what is configured (credentials/endpoint.h), the region's own. Region:
 * --region, that of the key's ARN, AWS_REGION, AWS_DEFAULT_REGION, the profile's; for an endpoint
 * that somebody names us-east-1, which stand-ins of KMS expect or pass over. Trusted certificates:
 * AWS_CA_BUNDLE, the profile's ca_bundle.
 */
struct kms_service {
    struct profile profile;
    struct url endpoint;
    struct region region;
    const char *ca_bundle; /* NULL: the system's */
};

/* ${key_id} may be NULL. Of the options queue and protocol have no meaning here. */
enum aws_cause kms_service_find(struct kms_service *service, const struct connect_options *options,
    const char *key_id, struct aws_error *error);
void kms_service_free(struct kms_service *service); /* of a zeroed one too */

#endif
