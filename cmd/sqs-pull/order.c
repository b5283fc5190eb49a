#include <string.h>

#include "order.h"

void order_begin(struct order *order)
{
    order->count = 0;
}

/* The significant bytes of a group id. SQS allows no longer id; two that share this beginning count
 * as one group, which at worst holds back more messages. */
static size_t length_of(const struct buf *group)
{
    return group->length < ORDER_GROUP_SIZE ? group->length : ORDER_GROUP_SIZE;
}

bool order_held(const struct order *order, const struct buf *group)
{
    size_t length = length_of(group);
    for (size_t i = 0; i < order->count; i++)
        if (order->lengths[i] == 0 ||
            (order->lengths[i] == length && memcmp(order->groups[i], group->data, length) == 0))
            return true;
    return false;
}

void order_hold(struct order *order, const struct buf *group)
{
    size_t length = length_of(group);
    if (order->count == CALL_BATCH || order_held(order, group))
        return;
    if (length > 0)
        memcpy(order->groups[order->count], group->data, length);
    order->lengths[order->count++] = length;
}
