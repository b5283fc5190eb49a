#ifndef AWS_PARTITION_H
#define AWS_PARTITION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * AWS's partitions and the names of their hosts, as botocore has them: data/partitions.json, and
 * the endpoint rules of the three services (data/sqs, sts and kms, endpoint-rule-set-1.json). A
 * region that belongs to no partition known is taken for one of "aws", as there.
 */
enum partition_service { PARTITION_SQS, PARTITION_STS, PARTITION_KMS };

enum { PARTITION_HOST_SIZE = 256, PARTITION_REGION_SIZE = 128 };

/* Which of a service's hosts. */
struct partition_variant {
    bool fips;
    bool dual_stack; /* IPv6 too */
};

/*
 * partition_host(service, region, variant, host):
 * "sqs.eu-west-1.amazonaws.com". 0, or -1: it does not fit.
 */
int partition_host(enum partition_service service, const char *region,
    struct partition_variant variant, char host[PARTITION_HOST_SIZE]);

/*
 * partition_region_of_host(host, region, own):
 * The region in the name of a host of SQS: what partition_host() gives for any region, variant and
 * partition, and with *own set the host of a VPC endpoint, or one of the old form,
 * "eu-west-1.queue.amazonaws.com". False: no host of SQS.
 */
bool partition_region_of_host(const char *host, char region[PARTITION_REGION_SIZE], bool *own);

/* "sqs", "sts", "kms". */
const char *partition_service_name(enum partition_service service);

#endif
