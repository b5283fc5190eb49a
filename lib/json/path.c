#include "json/path.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/escape.h"
#include "json/path_tree.h"
#include "json/scan.h"
#include "json/string.h"
#include "json/utf8.h"

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
    free(paths);
}

static void place(struct json_path_slot *slots, size_t slot_count,
    const struct json_path_node *node, uint32_t number)
{
    uint32_t length = (uint32_t)node->name_length;
    struct json_path_ends ends = json_path_ends(node->name, length);
    size_t at = json_path_hash(ends, node->parent, length);

    /* Every slot has been set; that this is so is lost on the analyzer in its loop.
     * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
    while (slots[at & (slot_count - 1)].node != JSON_NO_NODE)
        at++;
    slots[at & (slot_count - 1)] = (struct json_path_slot){ ends, node->parent, length, number };
}

/* Room in the hash table for one key more. */
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
    struct json_path_node *node;
    uint32_t number = json_path_find(paths, parent, key, length);
    char *name;

    if (number != JSON_NO_NODE || length >= UINT32_MAX)
        return number;
    name = malloc(length + 1);
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
    node = &paths->nodes[parent];
    node->key_lengths |= UINT64_C(1) << (length & 63);
    node->key_firsts |= UINT64_C(1) << ((unsigned char)name[0] & 63);
    return number;
}

uint32_t json_paths_index(struct json_paths *paths, uint32_t parent, uint32_t index)
{
    uint32_t before = JSON_NO_NODE;
    uint32_t after = paths->nodes[parent].first_index;
    uint32_t number;

    while (after != JSON_NO_NODE && paths->nodes[after].index < index) {
        before = after;
        after = paths->nodes[after].next_index;
    }
    if (after != JSON_NO_NODE && paths->nodes[after].index == index)
        return after;
    number = add_node(paths, parent, JSON_STEP_INDEX);
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
    uint32_t number = paths->nodes[parent].each;

    if (number == JSON_NO_NODE) {
        number = add_node(paths, parent, JSON_STEP_EACH);
        paths->nodes[parent].each = number;
    }
    return number;
}

uint32_t json_paths_other(struct json_paths *paths, uint32_t parent)
{
    uint32_t number = paths->nodes[parent].other;

    if (number == JSON_NO_NODE) {
        number = add_node(paths, parent, JSON_STEP_OTHER);
        paths->nodes[parent].other = number;
    }
    return number;
}

/* As json_paths_find_escaped(), for decoded keys too long for its buffer. */
static uint32_t find_long(const struct json_paths *paths, uint32_t parent, const char *key,
    const char *end)
{
    for (uint32_t i = 0; i < paths->count; i++) {
        const struct json_path_node *node = &paths->nodes[i];

        if (node->step == JSON_STEP_KEY && node->parent == parent &&
            json_string_equals(key, (size_t)(end - key), node->name, node->name_length))
            return i;
    }
    return JSON_NO_NODE;
}

uint32_t json_paths_find_escaped(const struct json_paths *paths, uint32_t parent, const char *key,
    const char *end)
{
    char decoded[512];
    size_t length = 0;

    for (const char *p = key + 1; p < end - 1;) {
        enum json_error error;
        uint32_t point = 0;

        if (length > paths->longest_key) /* no need to know how it goes on */
            return JSON_NO_NODE;
        if (length + 4 > sizeof decoded)
            return find_long(paths, parent, key, end);
        if (*p != '\\') {
            decoded[length++] = *p++;
            continue;
        }
        p += json_escape_parse(p, end - 1, &point, &error);
        length += json_utf8_put(decoded + length, point);
    }
    return json_path_find(paths, parent, decoded, length);
}

/* One step of a path's text. */
struct step {
    enum json_step kind;
    uint32_t index;
    size_t key; /* text[key, key_end): an identifier, or a string with its quotes */
    size_t key_end;
};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The quoted key at text[*at]; on a mistake false and *at there. */
static bool parse_quoted(const char *text, size_t length, size_t *at, struct step *step)
{
    size_t start = *at, i = start + 1;
    struct json_result result;

    while (i < length && text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
    i = i < length ? i + 1 : length;
    if (json_scan(text + start, i - start, NULL, 1, NULL, &result) != JSON_OK) {
        *at = start + result.offset;
        return false;
    }
    *step = (struct step){ JSON_STEP_KEY, 0, start, i };
    *at = i;
    return true;
}

static bool parse_index(const char *text, size_t length, size_t *at, struct step *step)
{
    uint32_t index = 0;
    size_t i = *at;

    if (i < length && text[i] == '0' && i + 1 < length && is_word(text[i + 1])) {
        *at = i + 1;
        return false;
    }
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        uint32_t digit = (uint32_t)(text[i] - '0');

        if (index > (INT32_MAX - digit) / 10)
            return false;
        index = index * 10 + digit;
    }
    if (i == *at)
        return false;
    *step = (struct step){ JSON_STEP_INDEX, index, 0, 0 };
    *at = i;
    return true;
}

/* After a "[": what is in the brackets, and the "]". */
static bool parse_brackets(const char *text, size_t length, size_t *at, struct step *step)
{
    if (*at < length && text[*at] == ']') {
        *step = (struct step){ JSON_STEP_EACH, 0, 0, 0 };
    } else if (*at < length && text[*at] == '"') {
        if (!parse_quoted(text, length, at, step))
            return false;
    } else if (!parse_index(text, length, at, step)) {
        return false;
    }
    if (*at == length || text[*at] != ']')
        return false;
    ++*at;
    return true;
}

/* The step at text[*at], the first of its path or a later one; on a mistake false and *at there. */
static bool parse_step(const char *text, size_t length, size_t *at, struct step *step)
{
    size_t start;

    if (text[*at] == '.') {
        ++*at;
    } else if (*at == 0 || text[*at] != '[') {
        return false;
    }
    if (*at == length)
        return false;
    if (text[*at] == '[') {
        ++*at;
        return parse_brackets(text, length, at, step);
    }
    if (text[*at] == '"')
        return parse_quoted(text, length, at, step);
    start = *at;
    if (!is_word(text[start]) || (text[start] >= '0' && text[start] <= '9'))
        return false;
    while (*at < length && is_word(text[*at]))
        ++*at;
    *step = (struct step){ JSON_STEP_KEY, 0, start, *at };
    return true;
}

static uint32_t add_step(struct json_paths *paths, uint32_t parent, const char *text,
    const struct step *step)
{
    const char *key = text + step->key;
    size_t length = step->key_end - step->key;
    uint32_t node = JSON_NO_NODE;
    struct buf decoded;

    if (step->kind == JSON_STEP_INDEX)
        return json_paths_index(paths, parent, step->index);
    if (step->kind == JSON_STEP_EACH)
        return json_paths_each(paths, parent);
    if (*key != '"')
        return json_paths_key(paths, parent, key, length);
    buf_init(&decoded, length);
    if (json_string_decode(&decoded, key, length) == 0)
        node = json_paths_key(paths, parent, decoded.length ? decoded.data : "", decoded.length);
    buf_free(&decoded);
    return node;
}

uint32_t json_paths_add(struct json_paths *paths, uint32_t parent, const char *text, size_t length,
    size_t *error_at)
{
    struct step step;
    size_t at = 0;

    if (length == 1 && text[0] == '.')
        return parent;
    /* all of it is read before any of it is added, so that a mistake leaves the tree as it was */
    do {
        if (length == 0 || !parse_step(text, length, &at, &step)) {
            *error_at = at;
            return JSON_NO_NODE;
        }
    } while (at < length);
    for (at = 0; at < length && parent != JSON_NO_NODE;) {
        parse_step(text, length, &at, &step);
        parent = add_step(paths, parent, text, &step);
    }
    if (parent == JSON_NO_NODE)
        *error_at = SIZE_MAX;
    return parent;
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
