#ifndef SQS_PULL_REDRIVE_H
#define SQS_PULL_REDRIVE_H

#include "pull.h"
#include "sqs/sqs.h"

/*
 * redrive_print(sqs, result):
 * Print the queue's redrive policy on stdout as the server has it, JSON, and a newline; nothing for
 * a queue that has none. What failed is in ${result}: error, or output_error.
 */
void redrive_print(struct sqs *sqs, struct pull_result *result);

#endif
