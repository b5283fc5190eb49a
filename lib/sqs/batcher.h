#ifndef SQS_BATCH_H
#define SQS_BATCH_H

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
struct batch_item {
    const char *text; /* a receipt handle, or a body to send; stays until the item is back */
    size_t length;
    const struct call_message *message; /* CALL_SEND: more of it (sqs/call.h), or NULL; stays too */

    /* Set when it is back. */
    enum aws_cause cause; /* AWS_OK: done */
    char code[ERROR_NAME_SIZE];
    const struct aws_error
        *error; /* of its call, if that failed as a whole, else NULL; the batch's */

    /* The batch's own. */
    bool alone;
    unsigned attempts;
    uint64_t sequence; /* of its adding */
    uint64_t since_ms; /* added; for a failed one: failing since (monotonic) */
    uint64_t not_before_ms;
    struct batch_item *next;
};

struct batch_config {
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

struct batch;

struct batch *batch_open(const struct batch_config *config); /* NULL: no memory */
void batch_free(struct batch *batch); /* no call of it may be inside the client; NULL is fine */

void batch_add(struct batch *batch, struct batch_item *item);

/* From now on nothing waits for company. */
void batch_flush(struct batch *batch);

/* Start the batches that are due. */
void batch_work(struct batch *batch);

/* Milliseconds until batch_work() has something to do, if no call comes back before; -1: nothing.
 */
int batch_timeout(const struct batch *batch);

/* Whether a call that came back is one of the batch's. */
bool batch_owns(const struct batch *batch, const struct call *call);
void batch_take(struct batch *batch, struct call *call);

/* Send nothing more: what is not in flight goes back with ${cause}. */
void batch_abandon(struct batch *batch, enum aws_cause cause);

/* An item that is back, or NULL. */
struct batch_item *batch_next(struct batch *batch);

/* Nothing is inside but items that are back. */
bool batch_idle(const struct batch *batch);

/*
 * The error of the last call that failed as a whole and for good, by something other than its one
 * item; cause AWS_OK: none did.
 */
const struct aws_error *batch_error(const struct batch *batch);

#endif
