#include "records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/path_text.h"
#include "json/string.h"
#include "json/walk.h"
#include "record/record.h"
#include "record/reserved.h"

enum { TEXT_MOST = RECORD_MAX, TEXT_KEPT = 1 << 16, MATCHES_KEPT = 1 << 16 };

/* What is open: an object or array, and what was seen in it so far. */
struct frame {
    struct node *node; /* NULL: of no path that is followed */
    const char *start;
    unsigned traits;
};

struct records {
    struct tree *tree;
    struct json_paths *paths;
    struct json_matches matches;
    struct record_nodes nodes;
    uint32_t reserved[RESERVED_COUNT];
    uint32_t root;
    struct buf text; /* a string, decoded */
    struct buf key;
    bool valued;   /* the record at hand has a value that is no object; */
    bool repeated; /* and a key that stands twice */
    struct records_counts counts;
    struct frame frames[JSON_MAX_DEPTH + 1];
};

static int add_paths(struct records *records, const char *root)
{
    static const enum reserved ours[] = { RESERVED_SQS, RESERVED_PII, RESERVED_ERROR,
        RESERVED_SEALED };
    size_t at = 0;
    if (record_nodes_add(records->paths, &records->nodes) != 0 ||
        reserved_add(records->paths, records->reserved) != 0)
        return -1;
    bool each = strstr(root, "[]") != NULL;
    records->root = json_paths_add(records->paths, JSON_ROOT, root, strlen(root), &at);
    if (!each && records->root == JSON_NO_NODE && at == SIZE_MAX)
        return -1;
    errno = EINVAL;
    if (each || records->root == JSON_NO_NODE)
        return -1;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        for (uint32_t node = records->root; node != JSON_ROOT;
             node = json_paths_parent(records->paths, node))
            if (node == records->reserved[ours[i]])
                return -1;
    return 0;
}

struct records *records_new(const char *root)
{
    struct records *records = calloc(1, sizeof *records);
    if (records == NULL)
        return NULL;
    buf_init(&records->text, TEXT_MOST);
    buf_init(&records->key, TEXT_MOST);
    records->tree = tree_new();
    records->paths = json_paths_new();
    errno = ENOMEM;
    if (records->tree != NULL && records->paths != NULL &&
        add_paths(records, root == NULL ? ".body" : root) == 0)
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
    tree_free(records->tree);
    json_matches_free(&records->matches);
    json_paths_free(records->paths);
    buf_free(&records->text);
    buf_free(&records->key);
    free(records);
}

/* The content of a quoted string, in the buffer if it has escapes. NULL: no memory. */
static const char *content(struct buf *buf, const char *quoted, size_t *length, bool plain)
{
    if (plain) {
        *length -= 2;
        return quoted + 1;
    }
    buf_shrink(buf, TEXT_KEPT);
    if (buf_reserve(buf, *length) == NULL || json_string_decode(buf, quoted, *length) != 0)
        return NULL;
    *length = buf->length;
    return buf->data;
}

/* What stands beside the values of a line whose root is the line itself. */
static bool is_ours(const struct records *records, const char *key, size_t length)
{
    return records->root == JSON_ROOT &&
        ((length == 3 && memcmp(key, "sqs", 3) == 0) ||
            (length == 3 && memcmp(key, "pii", 3) == 0));
}

/* The node of what the walk is at, below the frame's. 0, or -1: no memory. */
static int below(struct records *records, struct frame *frame, const struct json_walk *walk,
    struct node **node)
{
    *node = NULL;
    if (walk->key == NULL)
        return 0;
    size_t length = walk->key_length;
    const char *key = content(&records->key, walk->key, &length, walk->key_plain);
    if (key == NULL)
        return -1;
    if (!walk->key_plain && memchr(key, '\0', length) != NULL)
        frame->traits |= VALUE_NUL;
    if (frame->node == NULL || is_ours(records, key, length))
        return 0;
    return tree_member(records->tree, frame->node, key, length, node);
}

/* A string, number, true, false or null; ${node} may be NULL. 0, or -1. */
static int add_scalar(struct records *records, struct node *node, const struct json_walk *walk,
    unsigned *traits)
{
    struct value value;
    size_t length = walk->length;
    if (walk->kind == JSON_STRING) {
        if (node == NULL && walk->plain)
            return 0; /* in a container nothing but U+0000 is of interest */
        const char *text = content(&records->text, walk->value, &length, walk->plain);
        if (text == NULL)
            return -1;
        value_of_string(text, length, &value);
    } else if (walk->kind == JSON_NUMBER) {
        value_of_number(walk->value, length, &value);
    } else {
        return 0;
    }
    *traits |= value.traits & (VALUE_NUL | VALUE_HUGE | VALUE_DIGITS);
    if (node != NULL)
        tree_value(node, &value);
    return 0;
}

static void close_frame(struct frame *frames, unsigned depth, const char *end)
{
    struct frame *frame = &frames[depth];
    if (frame->node != NULL) {
        frame->node->traits |= frame->traits;
        tree_length(frame->node, (uint64_t)(end - frame->start));
    }
    if (depth > 0)
        frames[depth - 1].traits |= frame->traits;
}

static void count(struct records *records, struct node *node, const struct json_walk *walk)
{
    records->repeated |= node->serial == records->counts.records;
    tree_count(node, records->counts.records, walk->kind);
    records->valued |= walk->depth > 0 && walk->kind != JSON_OBJECT;
}

/* All values of the body, text[0, length). 0, or -1: no memory. */
static int walk_through(struct records *records, const char *text, size_t length)
{
    struct frame *frames = records->frames;
    struct json_walk walk;
    enum json_walk_event event;
    json_walk_start(&walk, text, length);
    while ((event = json_walk_next(&walk)) != JSON_WALK_END) {
        if (event == JSON_WALK_CLOSE) {
            close_frame(frames, walk.depth, walk.at);
            continue;
        }
        struct node *node = tree_root(records->tree);
        unsigned *traits = &node->traits;
        if (walk.depth > 0) {
            traits = &frames[walk.depth - 1].traits;
            if (below(records, &frames[walk.depth - 1], &walk, &node) != 0)
                return -1;
        }
        if (node != NULL)
            count(records, node, &walk);
        else if (walk.depth > 0 && frames[walk.depth - 1].node != NULL)
            records->valued = true; /* of a map, which is a value */
        frames[walk.depth] =
            (struct frame){ walk.kind == JSON_OBJECT ? node : NULL, walk.value, 0 };
        if (event == JSON_WALK_OPEN && walk.kind == JSON_ARRAY)
            frames[walk.depth].node = node;
        if (event == JSON_WALK_VALUE && add_scalar(records, node, &walk, traits) != 0)
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

static bool is_there(const struct records *records, uint32_t node)
{
    const struct json_match *match = record_find(&records->matches, node);
    return match != NULL && match->kind != JSON_NULL;
}

static bool is_string(const struct records *records, uint32_t node)
{
    const struct json_match *match = record_find(&records->matches, node);
    return match != NULL && match->kind == JSON_STRING;
}

/* As pg-load tells an error record. */
static bool is_error(const struct records *records)
{
    if (records->root == records->nodes.body)
        return is_there(records, records->nodes.error);
    return is_string(records, records->nodes.error_stage) &&
        is_string(records, records->nodes.error_code);
}

static int add_record(struct records *records, const char *text, const struct json_match *body)
{
    struct records_counts *counts = &records->counts;
    counts->records++;
    counts->unmasked +=
        is_there(records, records->nodes.sqs) && !is_there(records, records->nodes.pii);
    counts->aside |= records->root != JSON_ROOT &&
        (is_there(records, records->reserved[RESERVED_ATTRIBUTES]) ||
            is_there(records, records->reserved[RESERVED_FIFO]) ||
            is_there(records, records->reserved[RESERVED_ENVELOPE]));
    records->valued = records->repeated = false;
    if (walk_through(records, text + body->value, body->end - body->value) != 0)
        return -1;
    counts->bare += !records->valued || records->repeated;
    if (!records->valued && !records->repeated)
        tree_note_bare(records->tree, counts->records);
    return 0;
}

int records_line(struct records *records, const char *text, size_t length, uint64_t number)
{
    struct json_result result;
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
    if (is_error(records)) {
        records->counts.errors++;
        return 0;
    }
    const struct json_match *body = record_find(&records->matches, records->root);
    if (body == NULL) {
        records->counts.rootless++;
        return 0;
    }
    return add_record(records, text, body);
}

const struct records_counts *records_counts(const struct records *records)
{
    return &records->counts;
}

struct tree *records_tree(const struct records *records)
{
    return records->tree;
}
