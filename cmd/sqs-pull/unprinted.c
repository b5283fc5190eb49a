#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "unprinted.h"

void unprinted_init(struct unprinted *unprinted)
{
    *unprinted = (struct unprinted){ .first = NULL };
    unprinted->last = &unprinted->first;
}

void unprinted_free(struct unprinted *unprinted)
{
    (void)unprinted_remove_until(unprinted, UINT64_MAX);
}

int unprinted_add(struct unprinted *unprinted, uint64_t end, const struct buf *id,
    const struct buf *handle)
{
    struct unprinted_message *message = malloc(sizeof *message + id->length + handle->length);
    if (message == NULL)
        return -1;
    message->id_length = id->length;
    message->handle_length = handle->length;
    memcpy(message->text, id->data, id->length);
    memcpy(message->text + id->length, handle->data, handle->length);
    message->end = end;
    message->since_ms = clock_monotonic_ms();
    message->next = NULL;
    *unprinted->last = message;
    unprinted->last = &message->next;
    unprinted->count++;
    return 0;
}

size_t unprinted_remove_until(struct unprinted *unprinted, uint64_t written)
{
    size_t count = 0;
    while (unprinted->first != NULL && unprinted->first->end <= written) {
        struct unprinted_message *message = unprinted->first;
        unprinted->first = message->next;
        free(message);
        count++;
    }
    if (unprinted->first == NULL)
        unprinted->last = &unprinted->first;
    unprinted->count -= count;
    return count;
}

struct unprinted_message *unprinted_take_after(struct unprinted *unprinted, uint64_t cut)
{
    struct unprinted_message **link = &unprinted->first;
    while (*link != NULL && (*link)->end <= cut)
        link = &(*link)->next;
    struct unprinted_message *taken = *link;
    if (taken == NULL)
        return NULL;
    *link = taken->next;
    if (*link == NULL)
        unprinted->last = link;
    unprinted->count--;
    return taken;
}
