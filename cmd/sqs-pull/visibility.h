#ifndef SQS_PULL_VISIBILITY_H
#define SQS_PULL_VISIBILITY_H

#include "aws/error.h"
#include "sqs/sqs.h"

/*
 * visibility_of_queue(sqs, seconds, error):
 * Ask the queue for its visibility timeout. Where that is not allowed, warn and take the 30 s that
 * queues usually have. A stop request ends it with AWS_STOPPED.
 */
enum aws_cause visibility_of_queue(struct sqs *sqs, unsigned *seconds, struct aws_error *error);

#endif
