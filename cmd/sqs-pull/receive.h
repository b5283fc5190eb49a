#ifndef SQS_PULL_RECEIVE_H
#define SQS_PULL_RECEIVE_H

#include <stdbool.h>

#include "puller.h"
#include "sqs/call.h"

/*
 * The receives: when one begins, for how many messages, and when the queue is drained. Their
 * messages are put on the output, among the unprinted, and under lease.
 */

/* Receives at once, at most. */
unsigned receive_most(const struct pull_options *options);

int receive_init(struct puller *puller); /* 0, or -1: out of memory */
void receive_free(struct puller *puller);

/* Begin as many receives as there is room for; none once the puller is ending. */
void receive_begin(struct puller *puller);

/* A call that is back, which is a receive. */
void receive_take(struct puller *puller, struct call *call);

/*
 * After each wait, when the output is written as far as it can be: what the server and the reader
 * say of how many receives there should be.
 */
void receive_look(struct puller *puller);

/* No further receive will begin: the end is near, the queue drained or the number reached. */
bool receive_over(const struct puller *puller);

/* The queue was found drained, and no message is in hand any more. */
bool receive_done(const struct puller *puller);

/* Milliseconds until receive_begin() is worth calling though nothing has happened; -1: never. */
int receive_timeout(const struct puller *puller);

#endif
