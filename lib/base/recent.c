#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/recent.h"

enum { FIRST_PLACES = 256 };

/*
 * The digests are in a ring, in the order in which they were seen. A table with linear probing
 * holds their places: each used slot has the place in the ring plus one, and 0 is a free slot. A
 * digest is in the slot that its last bits select, or in the next free one. More than a quarter of
 * the slots is free.
 */
struct recent {
    size_t count;
    uint64_t *ring;
    size_t places; /* in the ring, at most ${count} */
    size_t used;
    size_t next; /* place of the next digest, once the ring is full */
    uint32_t *table;
    size_t slots; /* a power of two */
};

static size_t slot_of(const struct recent *recent, uint64_t digest)
{
    return (size_t)digest & (recent->slots - 1);
}

/* Return the slot of the digest, or the free slot for it. */
static size_t find(const struct recent *recent, uint64_t digest)
{
    size_t slot = slot_of(recent, digest);
    while (recent->table[slot] != 0 && recent->ring[recent->table[slot] - 1] != digest)
        slot = (slot + 1) & (recent->slots - 1);
    return slot;
}

/* Free a slot, and move up the entries that were displaced by it. */
static void clear(struct recent *recent, size_t hole)
{
    size_t mask = recent->slots - 1;
    for (size_t at = (hole + 1) & mask; recent->table[at] != 0; at = (at + 1) & mask) {
        size_t wanted = slot_of(recent, recent->ring[recent->table[at] - 1]);
        if (((at - wanted) & mask) < ((at - hole) & mask))
            continue;
        recent->table[hole] = recent->table[at];
        hole = at;
    }
    recent->table[hole] = 0;
}

/* Make room for more digests. Return 0, or -1: out of memory, nothing changed. */
static int grow(struct recent *recent)
{
    size_t places = recent->places > 0 ? recent->places * 2 : FIRST_PLACES, slots = 2;
    if (places > recent->count)
        places = recent->count;
    while (slots / 4 * 3 <= places)
        slots *= 2;
    uint32_t *table = calloc(slots, sizeof *table);
    uint64_t *ring = realloc(recent->ring, places * sizeof *ring);
    if (ring != NULL)
        recent->ring = ring;
    if (table == NULL || ring == NULL) {
        free(table);
        return -1;
    }
    free(recent->table);
    recent->table = table;
    recent->slots = slots;
    recent->places = places;
    for (size_t i = 0; i < recent->used; i++)
        table[find(recent, ring[i])] = (uint32_t)i + 1;
    return 0;
}

struct recent *recent_new(size_t count)
{
    struct recent *recent = calloc(1, sizeof *recent);
    if (recent == NULL)
        return NULL;
    recent->count = count;
    if (grow(recent) != 0) {
        recent_free(recent);
        return NULL;
    }
    return recent;
}

void recent_free(struct recent *recent)
{
    if (recent == NULL)
        return;
    free(recent->ring);
    free(recent->table);
    free(recent);
}

bool recent_has(const struct recent *recent, const void *text, size_t length)
{
    return recent->table[find(recent, hash_bytes(text, length))] != 0;
}

enum recent_result recent_add(struct recent *recent, const void *text, size_t length)
{
    uint64_t digest = hash_bytes(text, length);
    if (recent->table[find(recent, digest)] != 0)
        return RECENT_KNOWN;
    if (recent->used == recent->places && recent->places < recent->count && grow(recent) != 0)
        return RECENT_NO_MEMORY;
    size_t place = recent->used;
    if (place < recent->places) {
        recent->used++;
    } else {
        place = recent->next;
        recent->next = (place + 1) % recent->places;
        clear(recent, find(recent, recent->ring[place]));
    }
    /* Prefetch the entry that is removed next: it has left the cache. */
    if (recent->used == recent->count)
        __builtin_prefetch(&recent->table[slot_of(recent, recent->ring[recent->next])]);
    recent->ring[place] = digest;
    recent->table[find(recent, digest)] = (uint32_t)place + 1;
    return RECENT_NEW;
}
