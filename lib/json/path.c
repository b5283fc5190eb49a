#include <stdlib.h>
#include <string.h>

#include "json/path.h"
#include "json/path_tree.h"
#include "json/watch.h"

static uint32_t add_node(struct json_paths *paths, uint32_t parent, enum json_step step)
{
    struct json_path_node *node;
    if (paths->count == paths->capacity) {
        size_t capacity = paths->capacity ? paths->capacity * 2 : 16;

        if (capacity > UINT32_MAX / 2)
            return JSON_NO_NODE;
        node = realloc(paths->nodes, capacity * sizeof *node);
        if (!node)
            return JSON_NO_NODE;
        paths->nodes = node;
        paths->capacity = capacity;
    }
    node = &paths->nodes[paths->count];
    *node = (struct json_path_node){
        .parent = parent,
        .step = step,
        .first_index = JSON_NO_NODE,
        .next_index = JSON_NO_NODE,
        .each = JSON_NO_NODE,
        .other = JSON_NO_NODE,
    };
    return (uint32_t)paths->count++;
}

struct json_paths *json_paths_new(void)
{
    struct json_paths *paths = calloc(1, sizeof *paths);
    if (paths && add_node(paths, JSON_NO_NODE, JSON_STEP_ROOT) == JSON_NO_NODE) {
        free(paths);
        return NULL;
    }
    return paths;
}

void json_paths_free(struct json_paths *paths)
{
    if (!paths)
        return;
    for (size_t i = 0; i < paths->count; i++)
        free(paths->nodes[i].name);
    free(paths->nodes);
    free(paths->slots);
    json_watch_free(paths->watch);
    free(paths);
}

static void place(struct json_path_slot *slots, size_t slot_count,
    const struct json_path_node *node, uint32_t number)
{
    uint32_t length = (uint32_t)node->name_length;
    struct json_path_ends ends = json_path_ends(node->name, length);
    size_t at = json_path_hash(ends, node->parent, length);
    /* Every slot has been set; the analyzer loses that in its loop.
     * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
    while (slots[at & (slot_count - 1)].node != JSON_NO_NODE)
        at++;
    slots[at & (slot_count - 1)] = (struct json_path_slot){ ends, node->parent, length, number };
}

/* Make room in the hash table for one more key. */
static bool grow_slots(struct json_paths *paths)
{
    size_t slot_count = paths->slot_count ? paths->slot_count * 2 : 32;
    struct json_path_slot *slots;
    if ((paths->keys + 1) * 2 <= paths->slot_count)
        return true;
    slots = malloc(slot_count * sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < slot_count; i++)
        slots[i].node = JSON_NO_NODE;
    for (size_t i = 0; i < paths->count; i++)
        if (paths->nodes[i].step == JSON_STEP_KEY)
            place(slots, slot_count, &paths->nodes[i], (uint32_t)i);
    free(paths->slots);
    paths->slots = slots;
    paths->slot_count = slot_count;
    return true;
}

uint32_t json_paths_key(struct json_paths *paths, uint32_t parent, const char *key, size_t length)
{
    if (parent == JSON_NO_NODE)
        return JSON_NO_NODE;
    uint32_t number = json_path_find(paths, parent, key, length);
    if (number != JSON_NO_NODE || length >= UINT32_MAX)
        return number;
    char *name = malloc(length + 1);
    if (!name || !grow_slots(paths) ||
        (number = add_node(paths, parent, JSON_STEP_KEY)) == JSON_NO_NODE) {
        free(name);
        return JSON_NO_NODE;
    }
    if (length)
        memcpy(name, key, length);
    name[length] = '\0';
    paths->nodes[number].name = name;
    paths->nodes[number].name_length = length;
    place(paths->slots, paths->slot_count, &paths->nodes[number], number);
    paths->keys++;
    if (length > paths->longest_key)
        paths->longest_key = length;
    struct json_path_node *node = &paths->nodes[parent];
    node->key_lengths |= UINT64_C(1) << (length & 63);
    node->key_firsts |= UINT64_C(1) << ((unsigned char)name[0] & 63);
    return number;
}

uint32_t json_paths_index(struct json_paths *paths, uint32_t parent, uint32_t index)
{
    if (parent == JSON_NO_NODE)
        return JSON_NO_NODE;
    uint32_t before = JSON_NO_NODE;
    uint32_t after = paths->nodes[parent].first_index;
    while (after != JSON_NO_NODE && paths->nodes[after].index < index) {
        before = after;
        after = paths->nodes[after].next_index;
    }
    if (after != JSON_NO_NODE && paths->nodes[after].index == index)
        return after;
    uint32_t number = add_node(paths, parent, JSON_STEP_INDEX);
    if (number == JSON_NO_NODE)
        return number;
    paths->nodes[number].index = index;
    paths->nodes[number].next_index = after;
    if (before == JSON_NO_NODE)
        paths->nodes[parent].first_index = number;
    else
        paths->nodes[before].next_index = number;
    return number;
}

uint32_t json_paths_each(struct json_paths *paths, uint32_t parent)
{
    if (parent == JSON_NO_NODE)
        return JSON_NO_NODE;
    uint32_t number = paths->nodes[parent].each;
    if (number == JSON_NO_NODE) {
        number = add_node(paths, parent, JSON_STEP_EACH);
        paths->nodes[parent].each = number;
    }
    return number;
}

uint32_t json_paths_other(struct json_paths *paths, uint32_t parent)
{
    if (parent == JSON_NO_NODE)
        return JSON_NO_NODE;
    uint32_t number = paths->nodes[parent].other;
    if (number == JSON_NO_NODE) {
        number = add_node(paths, parent, JSON_STEP_OTHER);
        paths->nodes[parent].other = number;
    }
    return number;
}

uint32_t json_paths_watched(const struct json_paths *paths, const char *key, size_t length)
{
    return paths->watch ? json_watch_get(paths->watch, key, length) : JSON_NO_NODE;
}

uint32_t json_paths_watch(struct json_paths *paths, const char *key, size_t length)
{
    uint32_t node = json_paths_watched(paths, key, length);
    if (node != JSON_NO_NODE)
        return node;
    if (!paths->watch && !(paths->watch = json_watch_new()))
        return JSON_NO_NODE;
    node = add_node(paths, JSON_ROOT, JSON_STEP_WATCHED);
    if (node == JSON_NO_NODE || json_watch_add(paths->watch, key, length, node) != 0)
        return JSON_NO_NODE;
    return node;
}

size_t json_paths_count(const struct json_paths *paths)
{
    return paths->count;
}

uint32_t json_paths_parent(const struct json_paths *paths, uint32_t node)
{
    return paths->nodes[node].parent;
}

enum json_step json_paths_step(const struct json_paths *paths, uint32_t node)
{
    return paths->nodes[node].step;
}

const char *json_paths_name(const struct json_paths *paths, uint32_t node, size_t *length)
{
    *length = paths->nodes[node].name_length;
    return paths->nodes[node].name;
}

bool json_paths_wants_object(const struct json_paths *paths, uint32_t node)
{
    return paths->nodes[node].key_lengths != 0 || paths->nodes[node].other != JSON_NO_NODE;
}

bool json_paths_wants_array(const struct json_paths *paths, uint32_t node)
{
    return paths->nodes[node].first_index != JSON_NO_NODE ||
        paths->nodes[node].each != JSON_NO_NODE;
}
