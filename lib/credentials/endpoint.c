#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "aws/credentials.h"
#include "credentials/endpoint.h"

/* Read a switch from the variable, else from the setting of the profile. */
static enum aws_cause is_on(const struct profile *profile, const char *variable,
    const char *setting, bool *on, struct aws_error *error)
{
    char place[PROFILE_PLACE_SIZE];
    const char *text = credentials_variable(variable);
    bool by_variable = text != NULL;
    if (text == NULL)
        text = profile_get(profile, setting);
    *on = text != NULL && strcasecmp(text, "true") == 0;
    if (*on || text == NULL || strcasecmp(text, "false") == 0)
        return AWS_OK;
    return by_variable ? error_set(error, AWS_USAGE, NULL, "%s is neither true nor false", variable)
                       : error_set(error, AWS_CONFIG, NULL, "%s: %s is neither true nor false",
                             profile_place(profile, setting, place), setting);
}

enum aws_cause endpoint_configured(enum partition_service service, const struct profile *profile,
    const char **url, struct aws_error *error)
{
    static const char *const variables[] = { [PARTITION_SQS] = "AWS_ENDPOINT_URL_SQS",
        [PARTITION_STS] = "AWS_ENDPOINT_URL_STS",
        [PARTITION_KMS] = "AWS_ENDPOINT_URL_KMS" };
    bool ignored;
    *url = NULL;
    enum aws_cause cause = is_on(profile, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "ignore_configured_endpoint_urls", &ignored, error);
    if (cause != AWS_OK || ignored)
        return cause;
    if ((*url = credentials_variable(variables[service])) != NULL ||
        (*url = credentials_variable("AWS_ENDPOINT_URL")) != NULL)
        return AWS_OK;
    cause = profile_service_endpoint(profile, partition_service_name(service), url, error);
    if (cause == AWS_OK && *url == NULL)
        *url = profile_get(profile, "endpoint_url");
    return cause;
}

enum aws_cause endpoint_variant(const struct profile *profile, struct partition_variant *variant,
    struct aws_error *error)
{
    enum aws_cause cause =
        is_on(profile, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &variant->fips, error);
    if (cause != AWS_OK)
        return cause;
    return is_on(profile, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint",
        &variant->dual_stack, error);
}

enum aws_cause endpoint_default(enum partition_service service, const char *region,
    struct partition_variant variant, char url[ENDPOINT_URL_SIZE], struct aws_error *error)
{
    char host[PARTITION_HOST_SIZE];
    if (partition_host(service, region, variant, host) != 0)
        return error_set(error, AWS_USAGE, NULL, "the region is not a valid name");
    (void)snprintf(url, ENDPOINT_URL_SIZE, "https://%s", host);
    return AWS_OK;
}
