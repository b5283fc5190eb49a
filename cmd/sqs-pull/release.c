#include <stdlib.h>
#include <string.h>

#include "release.h"
#include "sqs/batcher.h"

enum { PARALLEL = 64, MOST = 2 * PARALLEL * CALL_BATCH };

struct released {
    struct batcher_item item; /* its text is the receipt handle */
    char handle[];
};

struct release {
    struct batcher *batcher;
    size_t inside;
    uint64_t done;
    uint64_t unreleased;
};

struct release *release_new(struct sqs *sqs, uint64_t retry_ms)
{
    const struct batcher_config config = {
        .sqs = sqs,
        .operation = CALL_VISIBILITY,
        .visibility_timeout_s = 0,
        .parallel = PARALLEL,
        .retry_ms = retry_ms,
    };
    struct release *release = calloc(1, sizeof *release);
    if (release == NULL)
        return NULL;
    release->batcher = batcher_open(&config);
    if (release->batcher == NULL) {
        free(release);
        return NULL;
    }
    batcher_flush(release->batcher);
    return release;
}

/* Count and free the returned messages. */
static void take_back(struct release *release)
{
    struct batcher_item *item;
    while ((item = batcher_next(release->batcher)) != NULL) {
        /* A stale handle: another consumer has the message, or it was deleted. */
        if (item->cause == AWS_OK || item->cause == AWS_LOST)
            release->done++;
        else
            release->unreleased++;
        release->inside--;
        free(item); /* the message's first member */
    }
}

void release_free(struct release *release)
{
    if (release == NULL)
        return;
    release_abandon(release);
    batcher_free(release->batcher);
    free(release);
}

int release_add(struct release *release, const char *handle, size_t length)
{
    struct released *message = malloc(sizeof *message + length);
    if (message == NULL) {
        release->unreleased++;
        return -1;
    }
    memcpy(message->handle, handle, length);
    message->item = (struct batcher_item){ .text = message->handle, .length = length };
    batcher_add(release->batcher, &message->item);
    release->inside++;
    return 0;
}

void release_work(struct release *release)
{
    batcher_work(release->batcher);
    take_back(release);
}

int release_timeout(const struct release *release)
{
    return batcher_timeout(release->batcher);
}

bool release_take(struct release *release, struct call *call)
{
    if (!batcher_owns(release->batcher, call))
        return false;
    batcher_take(release->batcher, call);
    if (batcher_error(release->batcher)->cause != AWS_OK)
        release_abandon(release);
    take_back(release);
    return true;
}

size_t release_room(const struct release *release)
{
    return release->inside < MOST ? MOST - release->inside : 0;
}

bool release_idle(const struct release *release)
{
    return batcher_idle(release->batcher);
}

void release_abandon(struct release *release)
{
    batcher_abandon(release->batcher, AWS_TEMPORARY);
    take_back(release);
}

uint64_t release_done(const struct release *release)
{
    return release->done;
}

uint64_t release_unreleased(const struct release *release)
{
    return release->unreleased;
}
