#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "bodies.h"
#include "json/path_text.h"
#include "json/string.h"
#include "json/walk.h"
#include "record/record.h"
#include "record/reserved.h"

enum { TEXT_MOST = RECORD_MAX, TEXT_KEPT = 1 << 16, MATCHES_KEPT = 1 << 16 };

/* An open object or array, and the values seen in it so far. */
struct frame {
    struct node *node; /* NULL: its path is not followed */
    const char *start;
    unsigned traits;
};

struct bodies {
    struct tree *tree;
    struct json_paths *paths;
    struct json_matches matches;
    struct record_nodes nodes;
    uint32_t reserved[RESERVED_COUNT];
    uint32_t root;
    struct buf text; /* a string, decoded */
    struct buf key;
    bool valued;   /* the current record has a value that is not an object */
    bool repeated; /* the current record has a repeated key */
    struct bodies_counts counts;
    struct frame frames[JSON_MAX_DEPTH + 1];
};

static int add_paths(struct bodies *bodies, const char *root)
{
    static const enum reserved ours[] = { RESERVED_SQS, RESERVED_PII, RESERVED_ERROR,
        RESERVED_SEALED };
    size_t at = 0;
    if (record_nodes_add(bodies->paths, &bodies->nodes) != 0 ||
        reserved_add(bodies->paths, bodies->reserved) != 0)
        return -1;
    bool each = strstr(root, "[]") != NULL;
    bodies->root = json_paths_add(bodies->paths, JSON_ROOT, root, strlen(root), &at);
    if (!each && bodies->root == JSON_NO_NODE && at == SIZE_MAX)
        return -1;
    errno = EINVAL;
    if (each || bodies->root == JSON_NO_NODE)
        return -1;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        for (uint32_t node = bodies->root; node != JSON_ROOT;
             node = json_paths_parent(bodies->paths, node))
            if (node == bodies->reserved[ours[i]])
                return -1;
    return 0;
}

struct bodies *bodies_new(const char *root)
{
    struct bodies *bodies = calloc(1, sizeof *bodies);
    if (bodies == NULL)
        return NULL;
    buf_init(&bodies->text, TEXT_MOST);
    buf_init(&bodies->key, TEXT_MOST);
    bodies->tree = body_tree_new();
    bodies->paths = json_paths_new();
    errno = ENOMEM;
    if (bodies->tree != NULL && bodies->paths != NULL &&
        add_paths(bodies, root == NULL ? ".body" : root) == 0)
        return bodies;
    int error = errno;
    bodies_free(bodies);
    errno = error;
    return NULL;
}

void bodies_free(struct bodies *bodies)
{
    if (bodies == NULL)
        return;
    body_tree_free(bodies->tree);
    json_matches_free(&bodies->matches);
    json_paths_free(bodies->paths);
    buf_free(&bodies->text);
    buf_free(&bodies->key);
    free(bodies);
}

/* Return the content of a quoted string, in the buffer if it has escapes; NULL: out of memory. */
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

/* Return true for a reserved key of a line whose root is the line itself. */
static bool is_ours(const struct bodies *bodies, const char *key, size_t length)
{
    return bodies->root == JSON_ROOT &&
        ((length == 3 && memcmp(key, "sqs", 3) == 0) ||
            (length == 3 && memcmp(key, "pii", 3) == 0));
}

/* Set the node of the current value of the walk, below the frame. Return 0, or -1 when memory runs
 * out. */
static int below(struct bodies *bodies, struct frame *frame, const struct json_walk *walk,
    struct node **node)
{
    *node = NULL;
    if (walk->key == NULL)
        return 0;
    size_t length = walk->key_length;
    const char *key = content(&bodies->key, walk->key, &length, walk->key_plain);
    if (key == NULL)
        return -1;
    if (!walk->key_plain && memchr(key, '\0', length) != NULL)
        frame->traits |= VALUE_NUL;
    if (frame->node == NULL || is_ours(bodies, key, length))
        return 0;
    return body_tree_member(bodies->tree, frame->node, key, length, node);
}

/* Add a string, number, true, false or null; ${node} may be NULL. Return 0 or -1. */
static int add_scalar(struct bodies *bodies, struct node *node, const struct json_walk *walk,
    unsigned *traits)
{
    struct value value;
    size_t length = walk->length;
    if (walk->kind == JSON_STRING) {
        if (node == NULL && walk->plain)
            return 0; /* in a container only U+0000 matters */
        const char *text = content(&bodies->text, walk->value, &length, walk->plain);
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
        body_tree_value(node, &value);
    return 0;
}

static void close_frame(struct frame *frames, unsigned depth, const char *end)
{
    struct frame *frame = &frames[depth];
    if (frame->node != NULL) {
        frame->node->traits |= frame->traits;
        body_tree_length(frame->node, (uint64_t)(end - frame->start));
    }
    if (depth > 0)
        frames[depth - 1].traits |= frame->traits;
}

static void count(struct bodies *bodies, struct node *node, const struct json_walk *walk)
{
    bodies->repeated |= node->serial == bodies->counts.records;
    body_tree_count(node, bodies->counts.records, walk->kind);
    bodies->valued |= walk->depth > 0 && walk->kind != JSON_OBJECT;
}

/* Add all values of the body, text[0, length). Return 0, or -1 when memory runs out. */
static int walk_through(struct bodies *bodies, const char *text, size_t length)
{
    struct frame *frames = bodies->frames;
    struct node *root = body_tree_root(bodies->tree);
    struct json_walk walk;
    enum json_walk_event event;
    json_walk_start(&walk, text, length);
    while ((event = json_walk_next(&walk)) != JSON_WALK_END) {
        if (event == JSON_WALK_CLOSE) {
            close_frame(frames, walk.depth, walk.at);
            continue;
        }
        struct frame *above = walk.depth > 0 ? &frames[walk.depth - 1] : NULL;
        struct node *node = root;
        if (above != NULL && below(bodies, above, &walk, &node) != 0)
            return -1;
        if (above == NULL || node != NULL)
            count(bodies, node, &walk);
        else if (above->node != NULL)
            bodies->valued = true; /* of a map or an array, which is a value */
        frames[walk.depth] = (struct frame){ node, walk.value, 0 };
        if (event == JSON_WALK_VALUE &&
            add_scalar(bodies, node, &walk, above == NULL ? &root->traits : &above->traits) != 0)
            return -1;
    }
    return 0;
}

static int malformed(struct bodies *bodies, uint64_t number)
{
    if (bodies->counts.malformed++ == 0)
        bodies->counts.first_malformed = number;
    return 0;
}

static bool is_there(const struct bodies *bodies, uint32_t node)
{
    const struct json_match *match = record_find(&bodies->matches, node);
    return match != NULL && match->kind != JSON_NULL;
}

static bool is_string(const struct bodies *bodies, uint32_t node)
{
    const struct json_match *match = record_find(&bodies->matches, node);
    return match != NULL && match->kind == JSON_STRING;
}

/* Return true for an error record, as pg-load decides it. */
static bool is_error(const struct bodies *bodies)
{
    if (bodies->root == bodies->nodes.body)
        return is_there(bodies, bodies->nodes.error);
    return is_string(bodies, bodies->nodes.error_stage) &&
        is_string(bodies, bodies->nodes.error_code);
}

static int add_record(struct bodies *bodies, const char *text, const struct json_match *body)
{
    struct bodies_counts *counts = &bodies->counts;
    counts->records++;
    counts->unmasked += is_there(bodies, bodies->nodes.sqs) && !is_there(bodies, bodies->nodes.pii);
    counts->has_others |= bodies->root != JSON_ROOT &&
        (is_there(bodies, bodies->reserved[RESERVED_ATTRIBUTES]) ||
            is_there(bodies, bodies->reserved[RESERVED_FIFO]) ||
            is_there(bodies, bodies->reserved[RESERVED_ENVELOPE]));
    bodies->valued = bodies->repeated = false;
    if (walk_through(bodies, text + body->value, body->end - body->value) != 0)
        return -1;
    counts->bare += !bodies->valued || bodies->repeated;
    if (!bodies->valued && !bodies->repeated)
        body_tree_note_bare(bodies->tree, counts->records);
    return 0;
}

int bodies_line(struct bodies *bodies, const char *text, size_t length, uint64_t number)
{
    struct json_result result;
    json_matches_shrink(&bodies->matches, MATCHES_KEPT);
    bodies->matches.count = 0;
    if (text == NULL)
        return malformed(bodies, number);
    enum json_error error =
        json_scan(text, length, bodies->paths, JSON_MAX_DEPTH, &bodies->matches, &result);
    if (error == JSON_TOO_MANY)
        return -1;
    if (error != JSON_OK || result.kind != JSON_OBJECT)
        return malformed(bodies, number);
    if (is_error(bodies)) {
        bodies->counts.errors++;
        return 0;
    }
    const struct json_match *body = record_find(&bodies->matches, bodies->root);
    if (body == NULL) {
        bodies->counts.rootless++;
        return 0;
    }
    return add_record(bodies, text, body);
}

const struct bodies_counts *bodies_counts(const struct bodies *bodies)
{
    return &bodies->counts;
}

struct tree *bodies_tree(const struct bodies *bodies)
{
    return bodies->tree;
}
