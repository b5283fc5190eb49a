#ifndef SQS_BATCHER_H
#define SQS_BATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sqs/call.h"
#include "sqs/sqs.h"

/*
 * Gathers items of one operation into batches of at most ten, and sends several batches in
 * parallel. An item that fails temporarily is sent again after a pause, until it has been failing
 * for the retry time. A batch refused as a whole is sent again item by item, so that one bad item
 * affects only itself. Each item is returned exactly once.
 */
struct batcher_item {
    const char *text; /* a receipt handle, or a body to send; valid until the item returns */
    size_t length;
    /* CALL_SEND: its other parts (sqs/call.h), or NULL; valid until the item returns */
    const struct call_message *message;

    /* Set when the item returns. */
    enum aws_cause cause; /* AWS_OK for success */
    char code[ERROR_NAME_SIZE];
    /* of its call, if that failed as a whole, else NULL; owned by the batcher */
    const struct aws_error *error;

    /* Private. */
    bool alone;
    unsigned attempts;
    uint64_t sequence; /* order of adding */
    uint64_t since_ms; /* monotonic time of adding; for a failed item, failing since then */
    uint64_t not_before_ms;
    struct batcher_item *next;
};

struct batcher_config {
    struct sqs *sqs;
    enum call_operation operation; /* CALL_DELETE, CALL_VISIBILITY, CALL_SEND */
    unsigned visibility_timeout_s; /* CALL_VISIBILITY */
    unsigned parallel;             /* parallel batches */
    uint64_t linger_ms;            /* how long an item may wait for a full batch */
    uint64_t retry_ms;
    bool ordered; /* keep the order of adding: one batch at a time, and retries before new items (an
                     item that fails alone within a batch arrives late) */
    size_t maximum; /* bytes of the items of one batch, with attributes; 0 for no limit */
};

struct batcher;

struct batcher *batcher_open(const struct batcher_config *config); /* NULL when memory runs out */
/* Free the batcher; NULL is fine. None of its calls may be in the client. */
void batcher_free(struct batcher *batcher);

/* Add an item. It belongs to the batcher until batcher_next() returns it. */
void batcher_add(struct batcher *batcher, struct batcher_item *item);

/* From now on send items without waiting for a full batch. */
void batcher_flush(struct batcher *batcher);

/* Start the batches that are due. */
void batcher_work(struct batcher *batcher);

/* Return the milliseconds until batcher_work() has work even if no call returns; -1 for never. */
int batcher_timeout(const struct batcher *batcher);

/* Return true when a returned call belongs to the batcher. */
bool batcher_owns(const struct batcher *batcher, const struct call *call);
void batcher_take(struct batcher *batcher, struct call *call);

/* Return the items that are in no open request, with ${cause}. Items added later are sent. */
void batcher_abandon(struct batcher *batcher, enum aws_cause cause);

/* Return an item that has finished, or NULL. */
struct batcher_item *batcher_next(struct batcher *batcher);

/* Return true when the only items inside have finished. */
bool batcher_idle(const struct batcher *batcher);

/* Return the smoothed milliseconds that its calls take; 0 before the first success. */
unsigned batcher_latency_ms(const struct batcher *batcher);

/*
 * Return the error of the last call that failed as a whole and for good, unless its only item was
 * the reason. The cause is AWS_OK when there is none.
 */
const struct aws_error *batcher_error(const struct batcher *batcher);

#endif
