#ifndef AWS_PARTITION_H
#define AWS_PARTITION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The partitions of AWS and their host names, as in botocore: data/partitions.json, and the
 * endpoint rules of the three services (data/sqs, sts and kms, endpoint-rule-set-1.json). As there,
 * a region of no known partition belongs to "aws".
 */
enum partition_service { PARTITION_SQS, PARTITION_STS, PARTITION_KMS };

enum { PARTITION_HOST_SIZE = 256, PARTITION_REGION_SIZE = 128 };

/* A variant of the host of a service. */
struct partition_variant {
    bool fips;
    bool dual_stack; /* with IPv6 */
};

/*
 * partition_host(service, region, variant, host):
 * Write "sqs.eu-west-1.amazonaws.com". Return 0, or -1 when it does not fit.
 */
int partition_host(enum partition_service service, const char *region,
    struct partition_variant variant, char host[PARTITION_HOST_SIZE]);

/*
 * partition_region_of_host(host, region, own):
 * Copy the region in a host name of SQS. Accept the names of partition_host() for any region,
 * variant and partition: *own is then false. Also accept that of a VPC endpoint, and one of the old
 * form, "eu-west-1.queue.amazonaws.com": *own is then true. Return false for any other host.
 */
bool partition_region_of_host(const char *host, char region[PARTITION_REGION_SIZE], bool *own);

/* Return "sqs", "sts" or "kms". */
const char *partition_service_name(enum partition_service service);

#endif
