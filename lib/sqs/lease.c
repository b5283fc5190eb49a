#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "sqs/lease.h"

enum {
    FEWEST_BUCKETS = 64,
    /* Memory of a lease outside the struct: malloc's own, a place in the heap and a bucket. */
    OVERHEAD = 16 + 2 * sizeof(void *)
};

struct lease_table {
    struct lease **buckets;
    size_t mask; /* buckets - 1; their number is a power of two */
    size_t count;
    size_t bytes;
    struct lease *first_added;
    struct lease *last_added;
    /* A binary heap: heap[0] is due first. It has room for every lease of the table, so that
     * scheduling cannot fail. */
    struct lease **heap;
    size_t scheduled;
    size_t capacity;
};

struct lease_table *lease_table_new(size_t expected)
{
    struct lease_table *table = calloc(1, sizeof *table);
    size_t buckets = FEWEST_BUCKETS;
    while (buckets < expected && buckets <= SIZE_MAX / 4 / sizeof *table->buckets)
        buckets *= 2;
    if (table == NULL)
        return NULL;
    table->mask = buckets - 1;
    table->buckets = calloc(buckets, sizeof *table->buckets);
    if (table->buckets == NULL) {
        free(table);
        return NULL;
    }
    return table;
}

void lease_table_free(struct lease_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i <= table->mask; i++) {
        while (table->buckets[i] != NULL) {
            struct lease *lease = table->buckets[i];
            table->buckets[i] = lease->next;
            free(lease);
        }
    }
    free(table->buckets);
    free(table->heap);
    free(table);
}

size_t lease_count(const struct lease_table *table)
{
    return table->count;
}

size_t lease_bytes(const struct lease_table *table)
{
    return table->bytes;
}

const char *lease_handle(const struct lease *lease)
{
    return lease->text + lease->id_length;
}

static size_t size_of(const struct lease *lease)
{
    return sizeof *lease + lease->id_length + lease->handle_length + OVERHEAD;
}

/* The queue chooses the ids, so no sender can make them collide. */
static struct lease **bucket_of(const struct lease_table *table, const char *id, size_t length)
{
    return &table->buckets[hash_bytes(id, length) & table->mask];
}

struct lease *lease_find(const struct lease_table *table, const char *id, size_t length)
{
    struct lease *lease = *bucket_of(table, id, length);
    while (lease != NULL && (lease->id_length != length || memcmp(lease->text, id, length) != 0))
        lease = lease->next;
    return lease;
}

struct lease *lease_add(struct lease_table *table, const char *id, size_t id_length,
    const char *handle, size_t handle_length)
{
    if (table->count == table->capacity) {
        size_t capacity = table->capacity == 0 ? FEWEST_BUCKETS : table->capacity * 2;
        struct lease **heap = realloc(table->heap, capacity * sizeof(struct lease *));
        if (heap == NULL)
            return NULL;
        table->heap = heap;
        table->capacity = capacity;
    }
    struct lease *lease = malloc(sizeof *lease + id_length + handle_length);
    if (lease == NULL)
        return NULL;
    struct lease **bucket = bucket_of(table, id, id_length);
    *lease = (struct lease){ .next = *bucket,
        .added_before = table->last_added,
        .place = LEASE_UNSCHEDULED,
        .id_length = (uint32_t)id_length,
        .handle_length = (uint32_t)handle_length };
    memcpy(lease->text, id, id_length);
    memcpy(lease->text + id_length, handle, handle_length);
    *bucket = lease;
    if (table->last_added != NULL)
        table->last_added->added_after = lease;
    else
        table->first_added = lease;
    table->last_added = lease;
    table->count++;
    table->bytes += size_of(lease);
    return lease;
}

void lease_remove(struct lease_table *table, struct lease *lease)
{
    struct lease **link = bucket_of(table, lease->text, lease->id_length);
    while (*link != lease)
        link = &(*link)->next;
    *link = lease->next;
    *(lease->added_before != NULL ? &lease->added_before->added_after : &table->first_added) =
        lease->added_after;
    *(lease->added_after != NULL ? &lease->added_after->added_before : &table->last_added) =
        lease->added_before;
    table->count--;
    table->bytes -= size_of(lease);
    lease_unschedule(table, lease);
    lease->removed = true;
    if (!lease->extending)
        free(lease);
}

bool lease_back(struct lease *lease)
{
    lease->extending = false;
    if (!lease->removed)
        return true;
    free(lease);
    return false;
}

static void put(struct lease_table *table, struct lease *lease, size_t place)
{
    table->heap[place] = lease;
    lease->place = (uint32_t)place;
}

/* Move a lease to the place of its time; ${place} is free for it. */
static void sift(struct lease_table *table, struct lease *lease, size_t place)
{
    while (place > 0 && table->heap[(place - 1) / 2]->due_ms > lease->due_ms) {
        put(table, table->heap[(place - 1) / 2], place);
        place = (place - 1) / 2;
    }
    for (;;) {
        size_t child = place * 2 + 1;
        if (child + 1 < table->scheduled &&
            table->heap[child + 1]->due_ms < table->heap[child]->due_ms)
            child++;
        if (child >= table->scheduled || table->heap[child]->due_ms >= lease->due_ms)
            break;
        put(table, table->heap[child], place);
        place = child;
    }
    put(table, lease, place);
}

void lease_schedule(struct lease_table *table, struct lease *lease, uint64_t due_ms)
{
    size_t place = lease->place;
    if (place == LEASE_UNSCHEDULED)
        place = table->scheduled++;
    lease->due_ms = due_ms;
    sift(table, lease, place);
}

void lease_unschedule(struct lease_table *table, struct lease *lease)
{
    size_t place = lease->place;
    if (place == LEASE_UNSCHEDULED)
        return;
    lease->place = LEASE_UNSCHEDULED;
    struct lease *last = table->heap[--table->scheduled];
    if (last != lease)
        sift(table, last, place);
}

struct lease *lease_first(const struct lease_table *table)
{
    return table->scheduled > 0 ? table->heap[0] : NULL;
}

const struct lease *lease_oldest(const struct lease_table *table)
{
    return table->first_added;
}
