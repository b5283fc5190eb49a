#ifndef SQS_PULL_RELEASE_H
#define SQS_PULL_RELEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sqs/sqs.h"

/* Makes messages visible on the queue again, in batches and in parallel. */
struct release;

struct release *release_new(struct sqs *sqs, uint64_t retry_ms); /* NULL when memory runs out */

/* Free it; NULL is fine. None of its calls may be in the client. */
void release_free(struct release *release);

/* Release the message of a receipt handle. Return 0, or -1 when memory runs out: the message then
 * counts as unreleased. */
int release_add(struct release *release, const char *handle, size_t length);

/* Return how many more it can take; the caller keeps the rest. */
size_t release_room(const struct release *release);

void release_work(struct release *release);         /* start the requests that are due */
int release_timeout(const struct release *release); /* as batcher_timeout() */
bool release_take(struct release *release,
    struct call *call); /* false when the call is not its own */
bool release_idle(const struct release *release);

/* Begin no more requests; count the messages not released yet as unreleased. */
void release_abandon(struct release *release);

uint64_t release_done(const struct release *release); /* messages that are visible, or gone */
uint64_t release_unreleased(const struct release *release);

#endif
