#ifndef SQS_QUEUE_H
#define SQS_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/* Queue names and queue URLs. */

/* Whether text is a queue's name: 1 to 80 of letters, digits, "-", "_", and ".fifo" at its end. */
bool queue_is_name(const char *text);

/* Whether a name is that of a FIFO queue. */
bool queue_is_fifo(const char *name);

enum { QUEUE_PART_SIZE = 128 }; /* PARTITION_REGION_SIZE, too */

/* Which queue a URL means, whatever host it was reached by. */
struct queue_identity {
    char name[QUEUE_PART_SIZE];
    char account[QUEUE_PART_SIZE]; /* "": the URL has none */
    char region[QUEUE_PART_SIZE];  /* "": the host is not one of AWS's */
};

/* Take a queue URL apart: its path ends in account and name. 0, or -1 with errno: EINVAL,
 * it is no queue URL, or ENOMEM. */
int queue_identify(const char *url, size_t length, struct queue_identity *identity);

/* The same name, the same account and, where both are AWS's, the same region. */
bool queue_same(const struct queue_identity *a, const struct queue_identity *b);

/*
 * queue_region_of_host(host, region):
 * The region in the name of an AWS host for SQS (aws/partition.h). False: not such a host.
 */
bool queue_region_of_host(const char *host, char region[QUEUE_PART_SIZE]);

#endif
