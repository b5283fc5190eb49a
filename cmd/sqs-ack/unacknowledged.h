#ifndef SQS_ACK_UNACKNOWLEDGED_H
#define SQS_ACK_UNACKNOWLEDGED_H

#include <stddef.h>
#include <stdint.h>

#include "sqs/batcher.h"

/*
 * Messages that are being deleted or released, by receipt handle. A second verdict on one waits
 * with the first, so that a batch holds no handle twice.
 */
struct unacknowledged_line {
    struct unacknowledged_line *next;
    size_t length;
    char text[];
};

struct unacknowledged_message {
    struct batcher_item item; /* its text is the receipt handle */
    struct unacknowledged_message **bucket;
    struct unacknowledged_message *next; /* in the bucket */
    uint64_t since_ms;                   /* monotonic: when its first verdict was read */
    uint64_t sent_ms;                    /* since 1970, set by the caller; 0 when unknown */
    struct unacknowledged_line *lines;   /* to print, newest first */
    char handle[];
};

enum { UNACKNOWLEDGED_BUCKETS = 1024 };

struct unacknowledged {
    struct unacknowledged_message *buckets[UNACKNOWLEDGED_BUCKETS];
    size_t count;
    size_t bytes;
};

/* Free it, and the messages still inside. */
void unacknowledged_free(struct unacknowledged *unacknowledged);

/* Return the monotonic time since when the oldest message is inside, or 0 when there is none. Scans
 * all. */
uint64_t unacknowledged_oldest_ms(const struct unacknowledged *unacknowledged);

/* Return the message with this receipt handle, or NULL. */
struct unacknowledged_message *unacknowledged_find(const struct unacknowledged *unacknowledged,
    const char *handle, size_t length);

/* Return NULL when memory runs out. */
struct unacknowledged_message *unacknowledged_add(struct unacknowledged *unacknowledged,
    const char *handle, size_t length);

/* Keep a line with the message. Return 0, or -1 when memory runs out. */
int unacknowledged_keep(struct unacknowledged *unacknowledged,
    struct unacknowledged_message *message, const char *text, size_t length);

/* Remove a message and free it. */
void unacknowledged_remove(struct unacknowledged *unacknowledged,
    struct unacknowledged_message *message);

#endif
