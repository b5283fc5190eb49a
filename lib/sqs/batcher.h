#ifndef SQS_BATCHER_H
#define SQS_BATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sqs/call.h"
#include "sqs/sqs.h"

/*
 * Items of one operation, gathered into batches of at most ten and sent several batches at once.
 * An item that fails by no fault of ours is sent again, after a pause, until it has been failing
 * for the retry time; a batch refused as a whole is sent again item by item, so that one bad item
 * costs only itself. Each item comes back exactly once.
 */
struct batcher_item {
    const char *text; /* a receipt handle, or a body to send; stays until the item is back */
    size_t length;
    const struct call_message *message; /* CALL_SEND: more of it (sqs/call.h), or NULL; stays too */

    /* Set when it is back. */
    enum aws_cause cause; /* AWS_OK: done */
    char code[ERROR_NAME_SIZE];
    const struct aws_error
        *error; /* of its call, if that failed as a whole, else NULL; the batcher's */

    /* The batcher's own. */
    bool alone;
    unsigned attempts;
    uint64_t sequence; /* of its adding */
    uint64_t since_ms; /* added; for a failed one: failing since (monotonic) */
    uint64_t not_before_ms;
    struct batcher_item *next;
};

struct batcher_config {
    struct sqs *sqs;
    enum call_operation operation; /* CALL_DELETE, CALL_VISIBILITY, CALL_SEND */
    unsigned visibility_timeout_s; /* CALL_VISIBILITY */
    unsigned parallel;             /* batches at once */
    uint64_t linger_ms;            /* how long an item may wait for company */
    uint64_t retry_ms;
    bool
        ordered;    /* keep the order of adding: one batch at a time, and nothing new while
                       something waits to be sent again (of one batch, what failed alone comes late) */
    size_t maximum; /* bytes of the items of one batch, their attributes counted; 0: any */
};

struct batcher;

struct batcher *batcher_open(const struct batcher_config *config); /* NULL: out of memory */
void batcher_free(
    struct batcher *batcher); /* no call of it may be inside the client; NULL is fine */

void batcher_add(struct batcher *batcher, struct batcher_item *item);

/* From now on nothing waits for company. */
void batcher_flush(struct batcher *batcher);

/* Start the batches that are due. */
void batcher_work(struct batcher *batcher);

/* Milliseconds until batcher_work() has something to do, if no call comes back before; -1: nothing.
 */
int batcher_timeout(const struct batcher *batcher);

/* Whether a call that came back is one of the batcher's. */
bool batcher_owns(const struct batcher *batcher, const struct call *call);
void batcher_take(struct batcher *batcher, struct call *call);

/* Send nothing more: what is not in flight goes back with ${cause}. */
void batcher_abandon(struct batcher *batcher, enum aws_cause cause);

/* An item that is back, or NULL. */
struct batcher_item *batcher_next(struct batcher *batcher);

/* Nothing is inside but items that are back. */
bool batcher_idle(const struct batcher *batcher);

/* Milliseconds that its calls take, smoothed; 0: none has come back well yet. */
unsigned batcher_latency_ms(const struct batcher *batcher);

/*
 * The error of the last call that failed as a whole and for good, by something other than its one
 * item; cause AWS_OK: none did.
 */
const struct aws_error *batcher_error(const struct batcher *batcher);

#endif
