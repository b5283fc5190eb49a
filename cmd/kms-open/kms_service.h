#ifndef KMS_OPEN_KMS_SERVICE_H
#define KMS_OPEN_KMS_SERVICE_H

#include "aws/error.h"
#include "credentials/profile.h"
#include "credentials/region.h"
#include "http/url.h"
#include "sqs/connect.h"

/*
 * The endpoint and region of KMS, from options, environment and profile.
 *
 * Endpoint: --endpoint-url, the configured one (credentials/endpoint.h), that of the region.
 * Region: --region, that of the key ARN, AWS_REGION, AWS_DEFAULT_REGION, the profile; with a
 * configured endpoint us-east-1, which emulators of KMS expect or ignore. Trusted certificates:
 * AWS_CA_BUNDLE, ca_bundle of the profile.
 */
struct kms_service {
    struct profile profile;
    struct url endpoint;
    struct region region;
    const char *ca_bundle; /* NULL for those of the system */
};

/* Find endpoint, region and certificates; ${key_id} may be NULL. Return AWS_OK, or the cause with
 * ${error}; free ${service} in each case. The options queue and protocol are not used. */
enum aws_cause kms_service_find(struct kms_service *service, const struct connect_options *options,
    const char *key_id, struct aws_error *error);
void kms_service_free(struct kms_service *service); /* a zeroed one is fine */

#endif
