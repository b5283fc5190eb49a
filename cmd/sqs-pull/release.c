#include <stdlib.h>
#include <string.h>

#include "release.h"
#include "sqs/batch.h"

enum { PARALLEL = 4 };

struct released {
    struct batch_item item; /* its text is the receipt handle */
    char handle[];
};

struct release {
    struct batch *batch;
    uint64_t done;
    uint64_t stranded;
};

struct release *release_new(struct sqs *sqs, uint64_t retry_ms)
{
    const struct batch_config config = {
        .sqs = sqs,
        .operation = CALL_VISIBILITY,
        .visibility_timeout_s = 0,
        .parallel = PARALLEL,
        .retry_ms = retry_ms,
    };
    struct release *release = calloc(1, sizeof *release);
    if (release == NULL)
        return NULL;
    release->batch = batch_open(&config);
    if (release->batch == NULL) {
        free(release);
        return NULL;
    }
    batch_flush(release->batch);
    return release;
}

/* Count and free the messages that are back. */
static void take_back(struct release *release)
{
    struct batch_item *item;
    while ((item = batch_next(release->batch)) != NULL) {
        /* A stale handle: another has the message already, or it is gone. */
        if (item->cause == AWS_OK || item->cause == AWS_LOST)
            release->done++;
        else
            release->stranded++;
        free(item); /* the message's first member */
    }
}

void release_free(struct release *release)
{
    if (release == NULL)
        return;
    release_abandon(release);
    batch_free(release->batch);
    free(release);
}

int release_add(struct release *release, const char *handle, size_t length)
{
    struct released *message = malloc(sizeof *message + length);
    if (message == NULL) {
        release->stranded++;
        return -1;
    }
    memcpy(message->handle, handle, length);
    message->item = (struct batch_item){ .text = message->handle, .length = length };
    batch_add(release->batch, &message->item);
    return 0;
}

void release_work(struct release *release)
{
    batch_work(release->batch);
    take_back(release);
}

int release_timeout(const struct release *release)
{
    return batch_timeout(release->batch);
}

bool release_take(struct release *release, struct call *call)
{
    if (!batch_owns(release->batch, call))
        return false;
    batch_take(release->batch, call);
    if (batch_error(release->batch)->cause != AWS_OK)
        release_abandon(release);
    take_back(release);
    return true;
}

bool release_idle(const struct release *release)
{
    return batch_idle(release->batch);
}

void release_abandon(struct release *release)
{
    batch_abandon(release->batch, AWS_TEMPORARY);
    take_back(release);
}

uint64_t release_done(const struct release *release)
{
    return release->done;
}

uint64_t release_stranded(const struct release *release)
{
    return release->stranded;
}
