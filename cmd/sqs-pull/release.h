#ifndef SQS_PULL_RELEASE_H
#define SQS_PULL_RELEASE_H

#include <stdint.h>

#include "aws/sqs.h"
#include "hand.h"

/*
 * release_messages(sqs, list, retry_ms, stranded):
 * Make the messages visible on the queue again and free the list. Return how many are; *stranded is
 * how many could not be made so within ${retry_ms}. No call may be inside the client.
 */
uint64_t release_messages(struct sqs *sqs, struct hand_message *list, uint64_t retry_ms,
    uint64_t *stranded);

#endif
