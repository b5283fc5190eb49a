#include <stdlib.h>
#include <string.h>

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

int hand_add(struct hand *hand, uint64_t end, const char *handle, size_t length)
{
    struct hand_message *message = malloc(sizeof *message + length);
    if (message == NULL)
        return -1;
    memcpy(message->handle, handle, length);
    message->item = (struct batch_item){ .text = message->handle, .length = length };
    message->end = end;
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
    struct hand_message *list = *link;
    *link = NULL;
    hand->last = link;
    for (const struct hand_message *message = list; message != NULL; message = message->next)
        hand->count--;
    return list;
}
