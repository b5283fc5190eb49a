#ifndef JSON_PATH_TREE_H
#define JSON_PATH_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "json/path.h"

/*
 * The tree behind struct json_paths, which path.c builds and scan.c follows; no other file includes
 * this. A hash table over parent, length and both ends of the key finds key children. Two masks in
 * the parent exclude most keys of a text before that.
 */
struct json_path_node {
    uint64_t key_lengths; /* bit (length mod 64) is set for each key child */
    uint64_t key_firsts;  /* bit (first byte mod 64); an empty key counts as byte 0 */
    char *name;           /* of a key, owned */
    size_t name_length;
    uint32_t parent;
    uint32_t index;       /* of an index step */
    uint32_t first_index; /* index children, ascending by index; JSON_NO_NODE ends the list */
    uint32_t next_index;
    uint32_t each; /* JSON_NO_NODE: none */
    uint32_t other;
    enum json_step step;
};

/* The first and the last eight bytes of a key: all of it up to length 16. */
struct json_path_ends {
    uint64_t head;
    uint64_t tail;
};

struct json_path_slot {
    struct json_path_ends ends;
    uint32_t parent;
    uint32_t length;
    uint32_t node; /* JSON_NO_NODE: free */
};

struct json_paths {
    struct json_path_node *nodes;
    size_t count;
    size_t capacity;
    struct json_path_slot *slots; /* open addressing */
    size_t slot_count;            /* a power of two, at least twice the number of keys */
    size_t keys;
    size_t longest_key;
    struct json_watch *watch; /* json/watch.h; NULL: no key is watched */
};

static inline struct json_path_ends json_path_ends(const char *key, size_t length)
{
    struct json_path_ends ends = { 0, 0 };
    uint32_t first, last;
    if (length >= 8) {
        memcpy(&ends.head, key, 8);
        memcpy(&ends.tail, key + length - 8, 8);
    } else if (length >= 4) {
        memcpy(&first, key, 4);
        memcpy(&last, key + length - 4, 4);
        ends.head = (uint64_t)last << 32 | first;
    } else if (length > 0) {
        ends.head = (uint64_t)(unsigned char)key[length - 1] << 16 |
            (uint64_t)(unsigned char)key[length / 2] << 8 | (unsigned char)key[0];
    }
    return ends;
}

/* Return where the search for a key begins; the caller reduces it to the size of the table. */
static inline size_t json_path_hash(struct json_path_ends ends, uint32_t parent, uint32_t length)
{
    uint64_t hash = ends.tail * UINT64_C(0x9E3779B97F4A7C15);
    hash ^= ends.head ^ ((uint64_t)parent << 32 | length);
    hash *= UINT64_C(0xD6E8FEB86659FD93);
    return (size_t)(hash ^ hash >> 32);
}

/* Return true when there are steps below the node, in an object or in an array. */
static inline bool json_path_goes_on(const struct json_path_node *node, bool object)
{
    return object ? node->key_lengths != 0 || node->other != JSON_NO_NODE
                  : node->first_index != JSON_NO_NODE || node->each != JSON_NO_NODE;
}

/*
 * Return the child of ${parent} for a decoded key, or JSON_NO_NODE ("other" is not considered).
 * Inline, as the scanner calls it for every key.
 */
static inline __attribute__((always_inline)) uint32_t json_path_find(const struct json_paths *paths,
    uint32_t parent, const char *key, size_t length)
{
    const struct json_path_node *node = &paths->nodes[parent];
    unsigned first = length ? (unsigned char)key[0] & 63u : 0;
    if (!(node->key_lengths >> (length & 63) & node->key_firsts >> first & 1))
        return JSON_NO_NODE;
    struct json_path_ends ends = json_path_ends(key, length);
    for (size_t at = json_path_hash(ends, parent, (uint32_t)length);; at++) {
        const struct json_path_slot *slot = &paths->slots[at & (paths->slot_count - 1)];

        if (slot->node == JSON_NO_NODE)
            return JSON_NO_NODE;
        if (slot->ends.head == ends.head && slot->ends.tail == ends.tail &&
            slot->parent == parent && slot->length == length &&
            (length <= 16 || memcmp(paths->nodes[slot->node].name, key, length) == 0))
            return slot->node;
    }
}

#endif
