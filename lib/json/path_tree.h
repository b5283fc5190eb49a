#ifndef JSON_PATH_TREE_H
#define JSON_PATH_TREE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "json/path.h"

/*
 * The tree behind struct json_paths, which path.c builds and scan.c walks; nobody else includes
 * this. Key children are found through one hash table over (parent, key); two masks in the parent
 * turn away most keys of a text before anything is hashed.
 */
struct json_path_node {
    uint64_t key_lengths; /* bit min(length, 63) set for each key child */
    uint64_t key_firsts;  /* bit first byte mod 64; an empty key counts as byte 0 */
    char *name;           /* of a key, owned */
    size_t name_length;
    uint32_t parent;
    uint32_t index;       /* of an index step */
    uint32_t first_index; /* index children, ascending by index; JSON_NO_NODE ends the list */
    uint32_t next_index;
    uint32_t each;        /* JSON_NO_NODE: none */
    uint32_t other;
    enum json_step step;
};

struct json_paths {
    struct json_path_node *nodes;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* the hash table: open addressing, JSON_NO_NODE is free */
    size_t slot_count; /* a power of two, at least twice the keys in it */
    size_t keys;
    size_t longest_key;
};

static inline uint64_t json_path_hash(uint32_t parent, const char *key, size_t length)
{
    uint64_t hash = (parent + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15) + length;
    uint64_t word = 0;
    uint32_t head, tail;

    for (; length >= 8; length -= 8, key += 8) {
        memcpy(&word, key, 8);
        hash = (hash ^ word) * UINT64_C(0xD6E8FEB86659FD93);
        hash ^= hash >> 32;
    }
    if (length >= 4) {
        memcpy(&head, key, 4);
        memcpy(&tail, key + length - 4, 4);
        word = (uint64_t)head << 32 | tail;
    } else if (length > 0) {
        word = (uint64_t)(unsigned char)key[0] << 16 | (uint64_t)(unsigned char)key[length / 2] << 8 |
            (unsigned char)key[length - 1];
    } else {
        word = 0;
    }
    hash = (hash ^ word) * UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 32;
}

/* The child of ${parent} for a decoded key, or JSON_NO_NODE ("other" is not looked at). */
static inline uint32_t json_path_find(const struct json_paths *paths, uint32_t parent,
    const char *key, size_t length)
{
    const struct json_path_node *node = &paths->nodes[parent];
    unsigned first = length ? (unsigned char)key[0] & 63u : 0;
    size_t slot;

    if (!(node->key_lengths >> (length < 63 ? length : 63) & node->key_firsts >> first & 1))
        return JSON_NO_NODE;
    slot = (size_t)json_path_hash(parent, key, length) & (paths->slot_count - 1);
    for (;; slot = (slot + 1) & (paths->slot_count - 1)) {
        uint32_t child = paths->slots[slot];

        if (child == JSON_NO_NODE)
            return JSON_NO_NODE;
        node = &paths->nodes[child];
        if (node->parent == parent && node->name_length == length &&
            (length == 0 || memcmp(node->name, key, length) == 0))
            return child;
    }
}

#endif
