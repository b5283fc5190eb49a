#ifndef CREDENTIALS_ENDPOINT_H
#define CREDENTIALS_ENDPOINT_H

#include "aws/error.h"
#include "aws/partition.h"
#include "credentials/profile.h"

/*
 * The endpoint of an AWS service, from environment and profile, in the order of botocore. It is the
 * first of AWS_ENDPOINT_URL_SQS (_STS, _KMS), AWS_ENDPOINT_URL, the services section of the
 * profile, and its endpoint_url. All are ignored where AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or
 * ignore_configured_endpoint_urls of the profile is true.
 *
 * Otherwise it is the default endpoint of the region (aws/partition.h). AWS_USE_FIPS_ENDPOINT and
 * AWS_USE_DUALSTACK_ENDPOINT, or use_fips_endpoint and use_dualstack_endpoint of the profile,
 * select its variant. A configured endpoint is used unchanged, for any variant.
 *
 * These switches are "true" or "false", in any case; another value is AWS_USAGE in a variable and
 * AWS_CONFIG in a profile.
 */

/* Set *url to the endpoint configured in environment or profile, or to NULL. */
enum aws_cause endpoint_configured(enum partition_service service, const struct profile *profile,
    const char **url, struct aws_error *error);

/* Set ${variant} from environment and profile. Return AWS_OK, or the cause with ${error}. */
enum aws_cause endpoint_variant(const struct profile *profile, struct partition_variant *variant,
    struct aws_error *error);

enum { ENDPOINT_URL_SIZE = PARTITION_HOST_SIZE + 8 };

/* Write "https://" and the default host of the region. Return AWS_OK, or AWS_USAGE when the name of
 * the region is too long. */
enum aws_cause endpoint_default(enum partition_service service, const char *region,
    struct partition_variant variant, char url[ENDPOINT_URL_SIZE], struct aws_error *error);

#endif
