#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "hand.h"

void hand_init(struct hand *hand)
{
    *hand = (struct hand){ .first = NULL };
    hand->last = &hand->first;
}

void hand_free(struct hand *hand)
{
    (void)hand_printed(hand, UINT64_MAX);
}

int hand_add(struct hand *hand, uint64_t end, const struct buf *id, const struct buf *handle)
{
    struct hand_message *message = malloc(sizeof *message + id->length + handle->length);
    if (message == NULL)
        return -1;
    message->id_length = id->length;
    message->handle_length = handle->length;
    memcpy(message->text, id->data, id->length);
    memcpy(message->text + id->length, handle->data, handle->length);
    message->end = end;
    message->since_ms = clock_monotonic_ms();
    message->next = NULL;
    *hand->last = message;
    hand->last = &message->next;
    hand->count++;
    return 0;
}

size_t hand_printed(struct hand *hand, uint64_t written)
{
    size_t count = 0;
    while (hand->first != NULL && hand->first->end <= written) {
        struct hand_message *message = hand->first;
        hand->first = message->next;
        free(message);
        count++;
    }
    if (hand->first == NULL)
        hand->last = &hand->first;
    hand->count -= count;
    return count;
}

struct hand_message *hand_take_after(struct hand *hand, uint64_t cut)
{
    struct hand_message **link = &hand->first;
    while (*link != NULL && (*link)->end <= cut)
        link = &(*link)->next;
    struct hand_message *taken = *link;
    if (taken == NULL)
        return NULL;
    *link = taken->next;
    if (*link == NULL)
        hand->last = link;
    hand->count--;
    return taken;
}
