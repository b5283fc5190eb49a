#ifndef SQS_QUEUE_H
#define SQS_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/* Queue names and queue URLs. */

/* Return true when text is a queue name: 1 to 80 letters, digits, "-" and "_", optionally ending in
 * ".fifo". */
bool queue_is_name(const char *text);

/* Return true when a name is that of a FIFO queue. */
bool queue_is_fifo(const char *name);

enum { QUEUE_PART_SIZE = 128 }; /* as PARTITION_REGION_SIZE */

/* The queue that a URL identifies, through whichever host. */
struct queue_identity {
    char name[QUEUE_PART_SIZE];
    char account[QUEUE_PART_SIZE]; /* "" when the URL has none */
    char region[QUEUE_PART_SIZE];  /* "" when the host is not of AWS */
};

/* Parse a queue URL: its path ends in account and name. Return 0, or -1 with errno: EINVAL when it
 * is no queue URL, or ENOMEM. */
int queue_identify(const char *url, size_t length, struct queue_identity *identity);

/* Return true for the same name, the same account and, where both are of AWS, the same region. */
bool queue_same(const struct queue_identity *a, const struct queue_identity *b);

/*
 * queue_region_of_host(host, region):
 * Copy the region in the name of an AWS host for SQS (aws/partition.h). Return false for any other
 * host.
 */
bool queue_region_of_host(const char *host, char region[QUEUE_PART_SIZE]);

#endif
