#ifndef SQS_ACK_UNACKNOWLEDGED_H
#define SQS_ACK_UNACKNOWLEDGED_H

#include <stddef.h>
#include <stdint.h>

#include "sqs/batcher.h"

/*
 * Messages that are being deleted or released, found by receipt handle: a second verdict on one of
 * them waits with the first, instead of going out in the same batch.
 */
struct unacknowledged_line {
    struct unacknowledged_line *next;
    size_t length;
    char text[];
};

struct unacknowledged_message {
    struct batcher_item item; /* its text is the handle */
    struct unacknowledged_message **bucket;
    struct unacknowledged_message *next; /* of its bucket */
    uint64_t since_ms;                   /* monotonic: when its first verdict was read */
    uint64_t sent_ms;                    /* since 1970, the caller's; 0: not known */
    struct unacknowledged_line *lines;   /* to be printed, newest first */
    char handle[];
};

enum { UNACKNOWLEDGED_BUCKETS = 1024 };

struct unacknowledged {
    struct unacknowledged_message *buckets[UNACKNOWLEDGED_BUCKETS];
    size_t count;
    size_t bytes;
};

void unacknowledged_free(struct unacknowledged *unacknowledged); /* what is still inside */

/* Since when the oldest message is inside (monotonic), or 0: there is none. Looks at all. */
uint64_t unacknowledged_oldest_ms(const struct unacknowledged *unacknowledged);

struct unacknowledged_message *unacknowledged_find(const struct unacknowledged *unacknowledged,
    const char *handle, size_t length);

/* NULL: out of memory. */
struct unacknowledged_message *unacknowledged_add(struct unacknowledged *unacknowledged,
    const char *handle, size_t length);

/* Keep a line with the message. 0, or -1: out of memory. */
int unacknowledged_keep(struct unacknowledged *unacknowledged,
    struct unacknowledged_message *message, const char *text, size_t length);

/* Take the message of an item out and free it. */
void unacknowledged_remove(struct unacknowledged *unacknowledged,
    struct unacknowledged_message *message);

#endif
