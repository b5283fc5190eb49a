#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "unsettled.h"

/* Handles that collide on purpose gain nothing: few messages are inside at a time. */
static size_t bucket_of(const char *handle, size_t length)
{
    return hash_bytes(handle, length) % UNSETTLED_BUCKETS;
}

struct unsettled_message *unsettled_find(const struct unsettled *unsettled, const char *handle,
    size_t length)
{
    struct unsettled_message *message = unsettled->buckets[bucket_of(handle, length)];
    while (message != NULL &&
        (message->item.length != length || memcmp(message->handle, handle, length) != 0))
        message = message->next;
    return message;
}

struct unsettled_message *unsettled_add(struct unsettled *unsettled, const char *handle,
    size_t length)
{
    struct unsettled_message *message = malloc(sizeof *message + length);
    if (message == NULL)
        return NULL;
    message->bucket = &unsettled->buckets[bucket_of(handle, length)];
    memcpy(message->handle, handle, length);
    message->item = (struct batch_item){ .text = message->handle, .length = length };
    message->since_ms = clock_monotonic_ms();
    message->lines = NULL;
    message->next = *message->bucket;
    *message->bucket = message;
    unsettled->count++;
    unsettled->bytes += length;
    return message;
}

uint64_t unsettled_oldest_ms(const struct unsettled *unsettled)
{
    uint64_t oldest_ms = UINT64_MAX;
    if (unsettled->count == 0)
        return 0;
    for (size_t i = 0; i < UNSETTLED_BUCKETS; i++) {
        const struct unsettled_message *message = unsettled->buckets[i];
        for (; message != NULL; message = message->next)
            if (message->since_ms < oldest_ms)
                oldest_ms = message->since_ms;
    }
    return oldest_ms;
}

int unsettled_keep(struct unsettled *unsettled, struct unsettled_message *message, const char *text,
    size_t length)
{
    struct unsettled_line *line = malloc(sizeof *line + length);
    if (line == NULL)
        return -1;
    memcpy(line->text, text, length);
    line->length = length;
    line->next = message->lines;
    message->lines = line;
    unsettled->bytes += length;
    return 0;
}

static void free_message(struct unsettled *unsettled, struct unsettled_message *message)
{
    while (message->lines != NULL) {
        struct unsettled_line *next = message->lines->next;
        unsettled->bytes -= message->lines->length;
        free(message->lines);
        message->lines = next;
    }
    unsettled->count--;
    unsettled->bytes -= message->item.length;
    free(message);
}

void unsettled_remove(struct unsettled *unsettled, struct unsettled_message *message)
{
    struct unsettled_message **link = message->bucket;
    while (*link != message)
        link = &(*link)->next;
    *link = message->next;
    free_message(unsettled, message);
}

void unsettled_free(struct unsettled *unsettled)
{
    for (size_t i = 0; i < UNSETTLED_BUCKETS; i++) {
        struct unsettled_message *message;
        while ((message = unsettled->buckets[i]) != NULL) {
            unsettled->buckets[i] = message->next;
            free_message(unsettled, message);
        }
    }
}
