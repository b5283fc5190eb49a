#ifndef SQS_PULL_ORDER_H
#define SQS_PULL_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sqs/call.h"

/*
 * The order of FIFO groups within one receive. A message that stays on the queue is delivered again
 * before the later ones of its group, so these stay too: printed now, they would come before it.
 * Other receives bring none of the group while it is in flight. A message so broken that its group
 * is not known may be of any.
 */
enum { ORDER_GROUP_SIZE = 128 }; /* of an id, by the rules of SQS */

struct order {
    char groups[CALL_BATCH][ORDER_GROUP_SIZE];
    size_t lengths[CALL_BATCH];
    size_t count;
};

void order_begin(struct order *order); /* another receive */

/* A message of this group stays on the queue. */
void order_hold(struct order *order, const struct buf *group);

/* Whether one of the group has stayed. */
bool order_held(const struct order *order, const struct buf *group);

#endif
