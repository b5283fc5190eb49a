#include <stdio.h>
#include <string.h>

#include "aws/partition.h"

/* A partition: the prefixes of its regions, separated by blanks, and its domains. */
struct partition {
    const char *name;
    const char *regions;
    const char *domain;
    const char *dual_stack_domain;
};

/* clang-format off */
static const struct partition partitions[] = {
    { "aws",        "us eu ap sa ca me af il mx", "amazonaws.com",    "api.aws" },
    { "aws-cn",     "cn",                         "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
    { "aws-eusc",   "eusc-de",                    "amazonaws.eu",     "api.amazonwebservices.eu" },
    { "aws-iso",    "us-iso",                     "c2s.ic.gov",       "api.aws.ic.gov" },
    { "aws-iso-b",  "us-isob",                    "sc2s.sgov.gov",    "api.aws.scloud" },
    { "aws-iso-e",  "eu-isoe",                    "cloud.adc-e.uk",   "api.cloud-aws.adc-e.uk" },
    { "aws-iso-f",  "us-isof",                    "csp.hci.ic.gov",   "api.aws.hci.ic.gov" },
    { "aws-us-gov", "us-gov",                     "amazonaws.com",    "api.aws" },
};
/* clang-format on */

enum { PARTITIONS = sizeof partitions / sizeof *partitions };

static const char digits[] = "0123456789";
static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/* Return true when region is PREFIX-\w+-\d+, or the global one of the partition, NAME-global. */
static bool belongs(const char *region, const char *prefix, size_t length)
{
    if (strncmp(region, prefix, length) != 0 || region[length] != '-')
        return false;
    const char *place = region + length + 1;
    size_t size = strspn(place, word);
    const char *number = place + size + 1;
    return size > 0 && place[size] == '-' && *number != '\0' &&
        number[strspn(number, digits)] == '\0';
}

static const struct partition *partition_of(const char *region)
{
    for (size_t i = 0; i < PARTITIONS; i++) {
        size_t own = strlen(partitions[i].name);
        if (strncmp(region, partitions[i].name, own) == 0 && strcmp(region + own, "-global") == 0)
            return &partitions[i];
        for (const char *at = partitions[i].regions; *at != '\0';) {
            size_t length = strcspn(at, " ");
            if (belongs(region, at, length))
                return &partitions[i];
            at += length + strspn(at + length, " ");
        }
    }
    return &partitions[0];
}

const char *partition_service_name(enum partition_service service)
{
    static const char *const names[] = { "sqs", "sts", "kms" };
    return names[service];
}

int partition_host(enum partition_service service, const char *region,
    struct partition_variant variant, char host[PARTITION_HOST_SIZE])
{
    const struct partition *partition = partition_of(region);
    /* All hosts of GovCloud are FIPS hosts, except KMS, which has both. */
    bool all_fips = strcmp(partition->name, "aws-us-gov") == 0 && service != PARTITION_KMS &&
        !variant.dual_stack;
    bool global = service == PARTITION_STS && strcmp(region, "aws-global") == 0 && !variant.fips &&
        !variant.dual_stack;
    int length = snprintf(host, PARTITION_HOST_SIZE, "%s%s%s%s.%s", partition_service_name(service),
        variant.fips && !all_fips ? "-fips" : "", global ? "" : ".", global ? "" : region,
        variant.dual_stack ? partition->dual_stack_domain : partition->domain);
    return length < PARTITION_HOST_SIZE ? 0 : -1;
}

/* Copy the label of ${host} between two texts and a domain, when it is a single label. */
static bool between(const char *host, const char *before, const char *after, const char *domain,
    char region[PARTITION_REGION_SIZE])
{
    size_t length = strlen(host), first = strlen(before), second = strlen(after);
    size_t last = strlen(domain);
    if (length <= first + second + last || strncmp(host, before, first) != 0 ||
        strcmp(host + length - last, domain) != 0 ||
        strncmp(host + length - last - second, after, second) != 0)
        return false;
    size_t middle = length - first - second - last;
    if (memchr(host + first, '.', middle) != NULL || middle >= PARTITION_REGION_SIZE)
        return false;
    memcpy(region, host + first, middle);
    region[middle] = '\0';
    return true;
}

bool partition_region_of_host(const char *host, char region[PARTITION_REGION_SIZE], bool *own)
{
    /* VPC endpoints have a label of their own in front. */
    const char *service = strncmp(host, "vpce-", 5) == 0 ? strstr(host, ".sqs.") : NULL;
    if (service != NULL)
        host = service + 1;
    *own = service != NULL;
    for (size_t i = 0; i < PARTITIONS; i++) {
        const char *domain = partitions[i].domain;
        const char *dual_stack = partitions[i].dual_stack_domain;
        if (between(host, "sqs.", ".", domain, region) ||
            between(host, "sqs-fips.", ".", domain, region) ||
            between(host, "sqs.", ".", dual_stack, region) ||
            between(host, "sqs-fips.", ".", dual_stack, region))
            return true;
        if (between(host, "", ".queue.", domain, region) ||
            between(host, "sqs.", ".vpce.", domain, region)) {
            *own = true;
            return true;
        }
    }
    *own = true;
    if (strcmp(host, "queue.amazonaws.com") == 0) {
        (void)snprintf(region, PARTITION_REGION_SIZE, "us-east-1");
        return true;
    }
    *own = false;
    region[0] = '\0';
    return false;
}
