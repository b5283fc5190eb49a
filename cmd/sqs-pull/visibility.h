#ifndef SQS_PULL_VISIBILITY_H
#define SQS_PULL_VISIBILITY_H

#include "aws/error.h"
#include "sqs/sqs.h"

/*
 * visibility_of_queue(sqs, seconds, error):
 * Read the visibility timeout of the queue. Where that is not allowed, warn and use 30 s, the
 * default of SQS. A stop request ends it with AWS_STOPPED.
 */
enum aws_cause visibility_of_queue(struct sqs *sqs, unsigned *seconds, struct aws_error *error);

#endif
