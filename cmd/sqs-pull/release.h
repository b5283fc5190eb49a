#ifndef SQS_PULL_RELEASE_H
#define SQS_PULL_RELEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sqs/sqs.h"

/* Makes messages visible on the queue again, in batches, many at once. */
struct release;

struct release *release_new(struct sqs *sqs, uint64_t retry_ms); /* NULL: out of memory */

/* No call of it may be inside the client. NULL is fine. */
void release_free(struct release *release);

/* Release the message of a receipt handle. 0, or -1: out of memory. */
int release_add(struct release *release, const char *handle, size_t length);

/* For how many more it has work: who has many keeps the rest until then. */
size_t release_room(const struct release *release);

void release_work(struct release *release);                    /* start the requests that are due */
int release_timeout(const struct release *release);            /* as batcher_timeout() */
bool release_take(struct release *release, struct call *call); /* false: not one of its calls */
bool release_idle(const struct release *release);

/* Begin no request more; whatever is not released yet is stranded. */
void release_abandon(struct release *release);

uint64_t release_done(const struct release *release); /* messages that are visible, or gone */
uint64_t release_stranded(const struct release *release);

#endif
