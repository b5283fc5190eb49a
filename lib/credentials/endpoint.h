#ifndef CREDENTIALS_ENDPOINT_H
#define CREDENTIALS_ENDPOINT_H

#include "aws/error.h"
#include "aws/partition.h"
#include "credentials/profile.h"

/*
 * Where a service of AWS is, as environment and profile say, in botocore's order:
 * AWS_ENDPOINT_URL_SQS (_STS, _KMS), AWS_ENDPOINT_URL, the services section that the profile names,
 * the profile's endpoint_url; none of them where AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or the
 * profile's ignore_configured_endpoint_urls is true. Else it is the region's own endpoint
 * (aws/partition.h), of the variant that AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT, or
 * the profile's use_fips_endpoint and use_dualstack_endpoint, ask for. An endpoint that somebody
 * names is taken as it is, whatever variant is asked for.
 *
 * These are "true" or "false", in any case; anything else is AWS_USAGE of a variable and AWS_CONFIG
 * of a profile.
 */

/* *url: what is configured, the environment's or the profile's; NULL: nothing. */
enum aws_cause endpoint_configured(enum partition_service service, const struct profile *profile,
    const char **url, struct aws_error *error);

enum aws_cause endpoint_variant(const struct profile *profile, struct partition_variant *variant,
    struct aws_error *error);

enum { ENDPOINT_URL_SIZE = PARTITION_HOST_SIZE + 8 };

/* "https://" and the region's own host. */
enum aws_cause endpoint_default(enum partition_service service, const char *region,
    struct partition_variant variant, char url[ENDPOINT_URL_SIZE], struct aws_error *error);

#endif
