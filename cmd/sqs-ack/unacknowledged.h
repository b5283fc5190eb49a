#ifndef SQS_ACK_UNSETTLED_H
#define SQS_ACK_UNSETTLED_H

#include <stddef.h>
#include <stdint.h>

#include "sqs/batch.h"

/*
 * Messages that are being settled, found by receipt handle: a second verdict on one of them waits
 * with the first, instead of going out in the same batch.
 */
struct unsettled_line {
    struct unsettled_line *next;
    size_t length;
    char text[];
};

struct unsettled_message {
    struct batch_item item; /* its text is the handle */
    struct unsettled_message **bucket;
    struct unsettled_message *next; /* of its bucket */
    uint64_t since_ms;              /* monotonic: when its first verdict was read */
    struct unsettled_line *lines;   /* to be printed, newest first */
    char handle[];
};

enum { UNSETTLED_BUCKETS = 1024 };

struct unsettled {
    struct unsettled_message *buckets[UNSETTLED_BUCKETS];
    size_t count;
    size_t bytes;
};

void unsettled_free(struct unsettled *unsettled); /* what is still inside */

/* Since when the oldest message is inside (monotonic), or 0: there is none. Looks at all. */
uint64_t unsettled_oldest_ms(const struct unsettled *unsettled);

struct unsettled_message *unsettled_find(const struct unsettled *unsettled, const char *handle,
    size_t length);

/* NULL: no memory. */
struct unsettled_message *unsettled_add(struct unsettled *unsettled, const char *handle,
    size_t length);

/* Keep a line with the message. 0, or -1: no memory. */
int unsettled_keep(struct unsettled *unsettled, struct unsettled_message *message, const char *text,
    size_t length);

/* Take the message of an item out and free it. */
void unsettled_remove(struct unsettled *unsettled, struct unsettled_message *message);

#endif
