#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "unacknowledged.h"

/* A plain hash suffices against deliberate collisions: it holds few messages at a time. */
static size_t bucket_of(const char *handle, size_t length)
{
    return hash_bytes(handle, length) % UNACKNOWLEDGED_BUCKETS;
}

struct unacknowledged_message *unacknowledged_find(const struct unacknowledged *unacknowledged,
    const char *handle, size_t length)
{
    struct unacknowledged_message *message = unacknowledged->buckets[bucket_of(handle, length)];
    while (message != NULL &&
        (message->item.length != length || memcmp(message->handle, handle, length) != 0))
        message = message->next;
    return message;
}

struct unacknowledged_message *unacknowledged_add(struct unacknowledged *unacknowledged,
    const char *handle, size_t length)
{
    struct unacknowledged_message *message = malloc(sizeof *message + length);
    if (message == NULL)
        return NULL;
    message->bucket = &unacknowledged->buckets[bucket_of(handle, length)];
    memcpy(message->handle, handle, length);
    message->item = (struct batcher_item){ .text = message->handle, .length = length };
    message->since_ms = clock_monotonic_ms();
    message->sent_ms = 0;
    message->lines = NULL;
    message->next = *message->bucket;
    *message->bucket = message;
    unacknowledged->count++;
    unacknowledged->bytes += length;
    return message;
}

uint64_t unacknowledged_oldest_ms(const struct unacknowledged *unacknowledged)
{
    uint64_t oldest_ms = UINT64_MAX;
    if (unacknowledged->count == 0)
        return 0;
    for (size_t i = 0; i < UNACKNOWLEDGED_BUCKETS; i++) {
        const struct unacknowledged_message *message = unacknowledged->buckets[i];
        for (; message != NULL; message = message->next)
            if (message->since_ms < oldest_ms)
                oldest_ms = message->since_ms;
    }
    return oldest_ms;
}

int unacknowledged_keep(struct unacknowledged *unacknowledged,
    struct unacknowledged_message *message, const char *text, size_t length)
{
    struct unacknowledged_line *line = malloc(sizeof *line + length);
    if (line == NULL)
        return -1;
    memcpy(line->text, text, length);
    line->length = length;
    line->next = message->lines;
    message->lines = line;
    unacknowledged->bytes += length;
    return 0;
}

static void free_message(struct unacknowledged *unacknowledged,
    struct unacknowledged_message *message)
{
    while (message->lines != NULL) {
        struct unacknowledged_line *next = message->lines->next;
        unacknowledged->bytes -= message->lines->length;
        free(message->lines);
        message->lines = next;
    }
    unacknowledged->count--;
    unacknowledged->bytes -= message->item.length;
    free(message);
}

void unacknowledged_remove(struct unacknowledged *unacknowledged,
    struct unacknowledged_message *message)
{
    struct unacknowledged_message **link = message->bucket;
    while (*link != message)
        link = &(*link)->next;
    *link = message->next;
    free_message(unacknowledged, message);
}

void unacknowledged_free(struct unacknowledged *unacknowledged)
{
    for (size_t i = 0; i < UNACKNOWLEDGED_BUCKETS; i++) {
        struct unacknowledged_message *message;
        while ((message = unacknowledged->buckets[i]) != NULL) {
            unacknowledged->buckets[i] = message->next;
            free_message(unacknowledged, message);
        }
    }
}
