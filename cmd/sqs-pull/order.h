#ifndef SQS_PULL_ORDER_H
#define SQS_PULL_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sqs/call.h"

/*
 * The order of FIFO groups within one receive. SQS delivers a message that stays on the queue
 * again, before later ones of its group. So the later ones must stay too: printed now, they would
 * precede it. Other receives bring none of the group while it is in flight. A message too broken to
 * show its group may belong to any.
 */
enum { ORDER_GROUP_SIZE = 128 }; /* bytes of a group id, by the rules of SQS */

struct order {
    char groups[CALL_BATCH][ORDER_GROUP_SIZE];
    size_t lengths[CALL_BATCH];
    size_t count;
};

void order_begin(struct order *order); /* start another receive */

/* Note that a message of this group stays on the queue. */
void order_hold(struct order *order, const struct buf *group);

/* Return true when a message of this group has stayed. */
bool order_held(const struct order *order, const struct buf *group);

#endif
