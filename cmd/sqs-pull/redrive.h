#ifndef SQS_PULL_REDRIVE_H
#define SQS_PULL_REDRIVE_H

#include "pull.h"
#include "sqs/sqs.h"

/*
 * redrive_print(sqs, result):
 * Print the redrive policy of the queue on stdout, as the JSON of the server, and a newline; print
 * nothing when the queue has none. A failure is in ${result}: error, or output_error.
 */
void redrive_print(struct sqs *sqs, struct pull_result *result);

#endif
