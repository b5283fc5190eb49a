#ifndef SQS_PULL_RECEIVE_H
#define SQS_PULL_RECEIVE_H

#include <stdbool.h>

#include "puller.h"
#include "sqs/call.h"

/*
 * The receives: when one begins, for how many messages, and when the queue is drained. Their
 * messages go to the output, into the list of unprinted messages, and under lease.
 */

/* Return the maximum of parallel receives. */
unsigned receive_most(const struct pull_options *options);

int receive_init(struct puller *puller); /* 0, or -1 when memory runs out */
void receive_free(struct puller *puller);

/* Begin as many receives as there is room for; none when the puller is ending. */
void receive_begin(struct puller *puller);

/* Take a finished receive. */
void receive_take(struct puller *puller, struct call *call);

/*
 * Adjust the number of receives to the server and the reader. Call it after each wait, when the
 * output is written as far as possible.
 */
void receive_look(struct puller *puller);

/* Return true when no further receive will begin: stopped, drained, or the number reached. */
bool receive_over(const struct puller *puller);

/* Return true when the queue is drained and no message is unfinished. */
bool receive_done(const struct puller *puller);

/* Return the milliseconds until receive_begin() has work even if nothing happens; -1 for never. */
int receive_timeout(const struct puller *puller);

#endif
