#include <stdlib.h>

#include "base/clock.h"
#include "release.h"

enum { PARALLEL = 4, TICK_MS = 1000 };

static void take_back(struct sqs *sqs, struct batch *batch)
{
    struct call *call;
    while ((call = sqs_next(sqs)) != NULL)
        if (batch_owns(batch, call))
            batch_take(batch, call);
}

uint64_t release_messages(struct sqs *sqs, struct hand_message *list, uint64_t retry_ms,
    uint64_t *stranded)
{
    uint64_t released = 0;
    uint64_t until = clock_monotonic_ms() + retry_ms;
    const struct batch_config config = {
        .sqs = sqs,
        .operation = CALL_VISIBILITY,
        .visibility_timeout_s = 0,
        .parallel = PARALLEL,
        .retry_ms = retry_ms,
    };
    struct batch *batch = batch_open(&config);
    for (struct hand_message *message = list; batch != NULL && message != NULL;
         message = message->next)
        batch_add(batch, &message->item);
    if (batch != NULL)
        batch_flush(batch);
    while (batch != NULL && !batch_idle(batch)) {
        batch_work(batch);
        int due = batch_timeout(batch);
        if (sqs_wait(sqs, NULL, 0, due >= 0 && due < TICK_MS ? due : TICK_MS) != 0)
            break;
        take_back(sqs, batch);
        if (batch_error(batch)->cause != AWS_OK || clock_monotonic_ms() >= until) {
            batch_abandon(batch, AWS_TEMPORARY);
            sqs_abandon(sqs);
            take_back(sqs, batch);
        }
    }
    *stranded = 0;
    while (list != NULL) {
        struct hand_message *next = list->next;
        /* A stale handle: another has the message already. */
        if (batch != NULL && (list->item.cause == AWS_OK || list->item.cause == AWS_LOST))
            released++;
        else
            ++*stranded;
        free(list);
        list = next;
    }
    batch_free(batch);
    return released;
}
