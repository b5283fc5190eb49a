#include <stdio.h>
#include <string.h>

#include "aws/credentials.h"
#include "credentials/endpoint.h"
#include "kms_service.h"

/* Copy the region of "arn:aws:kms:eu-west-1:123456789012:key/…": the text between the third and the
 * fourth colon. */
static bool region_of_arn(const char *key_id, char region[PARTITION_REGION_SIZE])
{
    char partition[16];
    return key_id != NULL &&
        sscanf(key_id, "arn:%15[a-z-]:kms:%127[a-z0-9-]:", partition, region) == 2;
}

static enum aws_cause find_region(struct kms_service *service,
    const struct connect_options *options, const char *key_id, struct aws_error *error)
{
    char of_key[PARTITION_REGION_SIZE];
    const char *found = options->region;
    if (found == NULL && region_of_arn(key_id, of_key))
        found = of_key;
    if (found != NULL || region_variable(&found))
        return region_take(&service->region, found, error);
    return region_take_of_profile(&service->region, &service->profile, error);
}

static enum aws_cause take_endpoint(struct kms_service *service, const char *text,
    struct aws_error *error)
{
    switch (url_parse(text, &service->endpoint)) {
    case URL_OK:
        return AWS_OK;
    case URL_REFUSED:
        return error_set(error, AWS_USAGE,
            "such as https://kms.eu-west-1.amazonaws.com, without user name or query",
            "the endpoint is not an http or https URL");
    case URL_NO_MEMORY:
        break;
    }
    return error_no_memory(error);
}

static enum aws_cause find_endpoint(struct kms_service *service,
    const struct connect_options *options, struct aws_error *error)
{
    struct partition_variant variant;
    char usual[ENDPOINT_URL_SIZE];
    const char *found = options->endpoint_url;
    enum aws_cause cause = AWS_OK;
    if (found == NULL)
        cause = endpoint_configured(PARTITION_KMS, &service->profile, &found, error);
    if (cause != AWS_OK)
        return cause;
    if (found != NULL) {
        if (service->region.name[0] == '\0')
            (void)snprintf(service->region.name, sizeof service->region.name, "us-east-1");
        return take_endpoint(service, found, error);
    }
    if (service->region.name[0] == '\0')
        return error_set(error, AWS_USAGE, "give it with --region or in AWS_REGION",
            "no region is given");
    cause = endpoint_variant(&service->profile, &variant, error);
    variant.fips |= cause == AWS_OK && service->region.fips;
    if (cause == AWS_OK)
        cause = endpoint_default(PARTITION_KMS, service->region.name, variant, usual, error);
    return cause == AWS_OK ? take_endpoint(service, usual, error) : cause;
}

enum aws_cause kms_service_find(struct kms_service *service, const struct connect_options *options,
    const char *key_id, struct aws_error *error)
{
    *service = (struct kms_service){ .ca_bundle = NULL };
    enum aws_cause cause = profile_load(&service->profile, options->profile, error);
    if (cause == AWS_OK)
        cause = find_region(service, options, key_id, error);
    if (cause == AWS_OK)
        cause = find_endpoint(service, options, error);
    service->ca_bundle = credentials_variable("AWS_CA_BUNDLE");
    if (cause == AWS_OK && service->ca_bundle == NULL)
        service->ca_bundle = profile_get(&service->profile, "ca_bundle");
    return cause;
}

void kms_service_free(struct kms_service *service)
{
    url_free(&service->endpoint);
    profile_free(&service->profile);
}
