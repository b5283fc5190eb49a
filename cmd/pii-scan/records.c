#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "detect/likely.h"
#include "json/path_text.h"
#include "json/walk.h"
#include "judge.h"
#include "memo.h"
#include "record/record.h"
#include "record/reserved.h"
#include "records.h"

/* Lines of up to LONG bytes leave no buffer worth freeing. */
enum { MATCHES_KEPT = 1 << 16, LONG = 1 << 15 };

static const char *const prefixes[RECORDS_PARTS] = { "", "attributes", "fifo", "envelope",
    "record" };

struct frame {
    struct node *node;
    size_t members;
};

struct records {
    struct tree tree;
    struct node *roots[RECORDS_PARTS];
    struct inspect *inspect;
    struct json_paths *paths;
    struct json_matches matches;
    uint32_t reserved[RESERVED_COUNT];
    uint32_t root;
    uint32_t other;
    uint32_t way[JSON_MAX_DEPTH];       /* objects between the record and the root */
    uint32_t way_other[JSON_MAX_DEPTH]; /* their members that do not lead to the root */
    size_t ways;
    bool plain;
    size_t last; /* length of the line before this one */
    struct records_counts counts;
    struct memo memo;
    struct frame frames[JSON_MAX_DEPTH + 1];
};

static bool is_of_keys(const struct json_paths *paths, uint32_t node)
{
    while (node != JSON_ROOT && json_paths_step(paths, node) == JSON_STEP_KEY)
        node = json_paths_parent(paths, node);
    return node == JSON_ROOT;
}

/* Add the members beside the way to a deeper root. Return 0, or -1. */
static int add_ways(struct records *records)
{
    uint32_t node = records->root;
    while (node != JSON_ROOT && (node = json_paths_parent(records->paths, node)) != JSON_ROOT) {
        uint32_t other = json_paths_other(records->paths, node);
        if (other == JSON_NO_NODE || records->ways == JSON_MAX_DEPTH)
            return -1;
        records->way[records->ways] = node;
        records->way_other[records->ways++] = other;
    }
    return 0;
}

/* Return true when the root is at a path, or below it. */
static bool is_above_root(const struct records *records, uint32_t path)
{
    uint32_t node = records->root;
    while (node != path && node != JSON_ROOT)
        node = json_paths_parent(records->paths, node);
    return node == path;
}

/*
 * Exclude the members that the programs define, when the root is inside sqs, pii or error. Return
 * 0, or -1.
 */
static int add_known(struct records *records)
{
    struct record_nodes nodes;
    return is_above_root(records, records->reserved[RESERVED_SQS]) ||
            is_above_root(records, records->reserved[RESERVED_PII]) ||
            is_above_root(records, records->reserved[RESERVED_ERROR])
        ? record_nodes_add(records->paths, &nodes)
        : 0;
}

static int add_paths(struct records *records, const char *root)
{
    size_t at = 0;
    if (reserved_add(records->paths, records->reserved) != 0)
        return -1;
    records->root = json_paths_add(records->paths, JSON_ROOT, root, strlen(root), &at);
    records->other = json_paths_other(records->paths, JSON_ROOT);
    if (records->root == JSON_NO_NODE && at != SIZE_MAX)
        errno = EINVAL;
    if (records->root == JSON_NO_NODE || records->other == JSON_NO_NODE || add_known(records) != 0)
        return -1;
    if (is_of_keys(records->paths, records->root))
        return add_ways(records);
    errno = EINVAL;
    return -1;
}

struct records *records_new(const char *root, bool plain, size_t maximum)
{
    struct records *records = calloc(1, sizeof *records);
    if (records == NULL)
        return NULL;
    records->plain = plain;
    records->inspect = inspect_new(maximum);
    records->paths = json_paths_new();
    errno = ENOMEM;
    bool good = records->inspect != NULL && records->paths != NULL && add_paths(records, root) == 0;
    for (size_t i = 0; i < RECORDS_PARTS && good; i++) {
        records->roots[i] = tree_root(&records->tree, prefixes[i]);
        good = records->roots[i] != NULL;
    }
    if (good)
        return records;
    int error = errno;
    records_free(records);
    errno = error;
    return NULL;
}

void records_free(struct records *records)
{
    if (records == NULL)
        return;
    for (size_t i = 0; i < RECORDS_PARTS; i++)
        tree_free(&records->tree, records->roots[i]);
    inspect_free(records->inspect);
    json_matches_free(&records->matches);
    json_paths_free(records->paths);
    explicit_bzero(&records->memo, sizeof records->memo);
    free(records);
}

/*
 * Return the node below ${parent} for the current place of the walk, or NULL when memory runs out.
 */
static struct node *below(struct records *records, struct frame *frame,
    const struct json_walk *walk)
{
    if (walk->key == NULL)
        return tree_element(&records->tree, frame->node);
    if (++frame->members > TREE_KEYS &&
        tree_members(&records->tree, frame->node, frame->members) != 0)
        return NULL;
    const char *key = walk->key + 1;
    size_t length = walk->key_length - 2;
    if (!walk->key_plain)
        key = inspect_decode(records->inspect, walk->key, walk->key_length, &length);
    if (key == NULL)
        return NULL;
    struct node *node = tree_next(frame->node, key, length);
    return node != NULL ? node : tree_member(&records->tree, frame->node, key, length);
}

/* Add the kinds of a key that is data. The key counts as a value of its member. */
static void add_key(struct records *records, const struct json_walk *walk,
    struct inspect_finding *finding)
{
    size_t length = walk->key_length - 2;
    const char *key = walk->key_plain
        ? walk->key + 1
        : inspect_decode(records->inspect, walk->key, walk->key_length, &length);
    if (key == NULL)
        return;
    finding->kinds |= detect_kinds(key, length, DETECT_ALL);
    if (likely_person_key(key, length))
        finding->kinds |= DETECT_BIT(KEY_NAME);
}

static bool is_empty(const struct json_walk *walk)
{
    return walk->kind == JSON_NULL || walk->kind == JSON_TRUE || walk->kind == JSON_FALSE ||
        (walk->kind == JSON_STRING && walk->length == 2);
}

/*
 * Return true when remembering the values of a node pays: one in four was known, or there were few.
 */
static bool is_repetitive(const struct node *node)
{
    enum { FEW = 64 };
    return node->again * 4 + FEW >= node->values;
}

/* Inspect a scalar and count the findings. Return 0, or -1. */
static int add_scalar(struct records *records, struct node *node, const struct json_walk *walk)
{
    struct inspect_finding finding;
    const char *text = walk->value;
    size_t length = walk->length;
    bool keyed = node->step == TREE_DATA && walk->key != NULL;
    if (is_empty(walk) && !keyed)
        return 0;
    uint64_t hash = hash_bytes(text, length);
    struct memo_entry *known = keyed || length > MEMO_LONGEST || !is_repetitive(node)
        ? NULL
        : memo_place(&records->memo, node->number, hash);
    if (known != NULL && memo_has(known, node->number, text, length)) {
        node->again++;
        return tree_add(node, &known->finding, hash);
    }
    if (walk->kind == JSON_STRING) {
        text++;
        length -= 2;
        if (!walk->plain)
            text = inspect_decode(records->inspect, walk->value, walk->length, &length);
        if (text == NULL)
            return -1;
    }
    if (inspect_scalar(records->inspect, &node->key, walk->kind, text, length, &finding) != 0)
        return -1;
    if (keyed)
        add_key(records, walk, &finding);
    if (known != NULL)
        memo_keep(known, node->number, walk->value, walk->length, &finding);
    return tree_add(node, &finding, hash);
}

/* Do the same for an object or array taken whole, and move the walk behind it. */
static int add_whole(struct records *records, struct node *node, struct json_walk *walk)
{
    struct inspect_finding finding;
    const char *text = walk->value;
    unsigned depth = walk->depth;
    struct json_walk opened = *walk;
    enum json_walk_event event;
    do
        event = json_walk_next(walk);
    while (event != JSON_WALK_CLOSE || walk->depth != depth);
    size_t length = (size_t)(walk->at - text);
    if (inspect_json(records->inspect, &node->key, text, length, &finding) != 0)
        return -1;
    if (opened.key != NULL)
        add_key(records, &opened, &finding);
    return tree_add(node, &finding, hash_bytes(text, length));
}

/*
 * Add all values of text[0, length) to the tree of ${root}. Return 0, or -1 when memory runs out.
 */
static int walk_through(struct records *records, struct node *root, const char *text, size_t length)
{
    struct frame *frames = records->frames;
    struct json_walk walk;
    enum json_walk_event event;
    json_walk_start(&walk, text, length);
    while ((event = json_walk_next(&walk)) != JSON_WALK_END) {
        int result = 0;
        if (event == JSON_WALK_CLOSE)
            continue;
        struct node *parent = walk.depth == 0 ? NULL : frames[walk.depth - 1].node;
        struct node *node = parent == NULL ? root : below(records, &frames[walk.depth - 1], &walk);
        if (node == NULL)
            return -1;
        if (node == parent)
            records->tree.left_out++;
        else
            tree_count(node, records->counts.records, walk.kind);
        frames[walk.depth] = (struct frame){ node, 0 };
        if (event == JSON_WALK_VALUE)
            result = add_scalar(records, node, &walk);
        else if (node->step == TREE_DATA)
            result = add_whole(records, node, &walk);
        if (result != 0)
            return -1;
    }
    return 0;
}

static int malformed(struct records *records, uint64_t number)
{
    if (records->counts.malformed++ == 0)
        records->counts.first_malformed = number;
    return 0;
}

static bool has_reserved(const struct records *records)
{
    for (size_t i = 0; i < records->matches.count; i++) {
        uint32_t node = records->matches.list[i].node;
        if (node != JSON_ROOT && node != records->other)
            return true;
    }
    return false;
}

/* Return the root of the part beside the root that a reserved member fills, or NULL. */
static struct node *part_of(const struct records *records, uint32_t node)
{
    if (node == records->reserved[RESERVED_ATTRIBUTES])
        return records->roots[RECORDS_ATTRIBUTES];
    if (node == records->reserved[RESERVED_FIFO])
        return records->roots[RECORDS_FIFO];
    return node == records->reserved[RESERVED_ENVELOPE] ? records->roots[RECORDS_ENVELOPE] : NULL;
}

/* Return the node of an object on the way to the root, in the tree of non-reserved members. */
static struct node *way_node(struct records *records, uint32_t path)
{
    uint32_t steps[JSON_MAX_DEPTH];
    size_t count = 0;
    struct node *node = records->roots[RECORDS_RECORD];
    for (; path != JSON_ROOT; path = json_paths_parent(records->paths, path))
        steps[count++] = path;
    while (node != NULL && count > 0) {
        size_t length;
        const char *name = json_paths_name(records->paths, steps[--count], &length);
        node = tree_member(&records->tree, node, name, length);
        if (node != NULL && node->serial != records->counts.records)
            tree_count(node, records->counts.records, JSON_OBJECT);
    }
    return node;
}

/* Add a member of ${above} to the tree of non-reserved members. Return 0, or -1. */
static int add_other(struct records *records, const char *text, const struct json_match *match,
    uint32_t above)
{
    struct node *root = way_node(records, above);
    if (root == NULL)
        return -1;
    size_t length = json_key_end_before(text, match->value) - match->key;
    const char *key = inspect_decode(records->inspect, text + match->key, length, &length);
    struct node *node = key == NULL ? NULL : tree_member(&records->tree, root, key, length);
    if (node == NULL)
        return -1;
    if (above == JSON_ROOT)
        tree_count(root, records->counts.records, JSON_OBJECT);
    return walk_through(records, node, text + match->value, match->end - match->value);
}

/*
 * Add a member that does not lead to the root: one beside the way, or a body without it. Return 0,
 * or -1.
 */
static int add_beside(struct records *records, const char *text, const struct json_match *match)
{
    for (size_t i = 0; i < records->ways; i++)
        if (match->node == records->way_other[i])
            return add_other(records, text, match, records->way[i]);
    if (records->root == JSON_ROOT || match->node != records->reserved[RESERVED_BODY] ||
        is_above_root(records, match->node))
        return 0;
    return add_other(records, text, match, JSON_ROOT);
}

static int add_record(struct records *records, const char *text)
{
    bool found = false;
    for (size_t i = 0; i < records->matches.count; i++) {
        const struct json_match match = records->matches.list[i];
        struct node *node = part_of(records, match.node);
        int result = 0;
        if (match.node == records->root) {
            found = true;
            node = records->roots[RECORDS_ROOT];
        }
        if (node != NULL && (records->root != JSON_ROOT || match.node == JSON_ROOT))
            result = walk_through(records, node, text + match.value, match.end - match.value);
        else if (match.node == records->other && records->root != JSON_ROOT)
            result = add_other(records, text, &match, JSON_ROOT);
        else
            result = add_beside(records, text, &match);
        if (result != 0)
            return -1;
    }
    records->counts.rootless += !found;
    return 0;
}

int records_line(struct records *records, const char *text, size_t length, uint64_t number)
{
    struct json_result result;
    if (records->last > LONG)
        inspect_shrink(records->inspect);
    records->last = text == NULL ? 0 : length;
    json_matches_shrink(&records->matches, MATCHES_KEPT);
    records->matches.count = 0;
    if (text == NULL)
        return malformed(records, number);
    enum json_error error =
        json_scan(text, length, records->paths, JSON_MAX_DEPTH, &records->matches, &result);
    if (error == JSON_TOO_MANY)
        return -1;
    if (error != JSON_OK || result.kind != JSON_OBJECT)
        return malformed(records, number);
    records->counts.records++;
    if (record_find(&records->matches, records->reserved[RESERVED_ERROR]) != NULL &&
        record_find(&records->matches, records->reserved[RESERVED_BODY]) == NULL &&
        records->root != JSON_ROOT) {
        records->counts.errors++;
        return 0;
    }
    if (records->plain && records->root != JSON_ROOT && !has_reserved(records))
        return walk_through(records, records->roots[RECORDS_ROOT], text + result.start,
            result.end - result.start);
    return add_record(records, text);
}

int records_end(struct records *records)
{
    for (size_t i = 0; i < RECORDS_PARTS; i++) {
        if (tree_finish(&records->tree, records->roots[i]) != 0)
            return -1;
        judge_company(records->roots[i]);
    }
    return 0;
}

const struct records_counts *records_counts(const struct records *records)
{
    return &records->counts;
}

struct node *records_root(struct records *records, enum records_part part)
{
    return records->roots[part];
}

const struct tree *records_tree(const struct records *records)
{
    return &records->tree;
}

bool records_is_way(const struct records *records, const struct node *node)
{
    uint32_t path = records->root;
    size_t depth = 0;
    size_t steps = 0;
    for (const struct node *at = node; at->parent != NULL; at = at->parent)
        depth++;
    for (uint32_t at = path; at != JSON_ROOT; at = json_paths_parent(records->paths, at))
        steps++;
    for (; steps > depth; steps--)
        path = json_paths_parent(records->paths, path);
    if (steps < depth)
        return false;
    for (; node->parent != NULL; node = node->parent) {
        size_t length;
        const char *name = json_paths_name(records->paths, path, &length);
        if (node->step != TREE_KEY || node->name_length != length ||
            memcmp(node->name, name, length) != 0)
            return false;
        path = json_paths_parent(records->paths, path);
    }
    return true;
}
