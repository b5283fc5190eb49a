#include "json/scan.h"

#include <stdlib.h>

#include "json/escape.h"
#include "json/path_tree.h"
#include "json/span.h"
#include "json/string.h"
#include "json/utf8.h"

/* An open object or array. */
struct frame {
    uint32_t node;   /* whose children may match inside, or JSON_NO_NODE */
    uint32_t match;  /* its own place in the list of matches, or NO_MATCH */
    uint32_t index;  /* of the array element being read */
    uint32_t cursor; /* first index child not yet passed */
    bool object;
};

struct scan {
    const char *text;
    const char *end;
    const struct json_paths *paths;
    struct json_matches *matches;
    enum json_error error;
    const char *at; /* where the error is */
};

#define NO_MATCH SIZE_MAX

static const char *fail(struct scan *scan, enum json_error error, const char *at)
{
    scan->error = error;
    scan->at = at;
    return NULL;
}

/* From just past the opening quote to just past the closing one; NULL on an error. */
static inline const char *string_end(struct scan *scan, const char *p, bool *plain)
{
    *plain = true;
    for (;;) {
        p = json_span_plain(p, scan->end);
        if (p == scan->end)
            return fail(scan, JSON_SYNTAX, p);
        if (*p == '"')
            return p + 1;
        if (*p == '\\') {
            enum json_error error;
            uint32_t point;
            size_t length = json_escape_parse(p, scan->end, &point, &error);

            if (length == 0)
                return fail(scan, error, p);
            *plain = false;
            p += length;
        } else if ((unsigned char)*p >= 0x80) {
            size_t length = json_utf8_measure(p, scan->end);

            if (length == 0)
                return fail(scan, JSON_UTF8, p);
            p += length;
        } else {
            return fail(scan, JSON_SYNTAX, p);
        }
    }
}

static inline bool is_digit(const char *p, const char *end)
{
    return p < end && (unsigned char)(*p - '0') < 10;
}

/* Past the number at ${p}, which begins with a digit or a minus; NULL on an error. */
static inline const char *number_end(struct scan *scan, const char *p)
{
    const char *end = scan->end;

    if (*p == '-')
        p++;
    if (!is_digit(p, end))
        return fail(scan, JSON_SYNTAX, p);
    if (*p++ != '0')
        while (is_digit(p, end))
            p++;
    if (p < end && *p == '.') {
        p++;
        if (!is_digit(p, end))
            return fail(scan, JSON_SYNTAX, p);
        while (is_digit(p, end))
            p++;
    }
    if (p < end && (*p | 0x20) == 'e') {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        if (!is_digit(p, end))
            return fail(scan, JSON_SYNTAX, p);
        while (is_digit(p, end))
            p++;
    }
    return p;
}

/* Past anything but a string, an object or an array; NULL on an error. */
static const char *scalar_end(struct scan *scan, const char *p, enum json_kind *kind)
{
    static const struct {
        const char *word;
        size_t length;
        enum json_kind kind;
    } words[] = { { "null", 4, JSON_NULL }, { "true", 4, JSON_TRUE }, { "false", 5, JSON_FALSE } };

    *kind = JSON_NUMBER;
    if ((unsigned char)(*p - '0') < 10 || *p == '-')
        return number_end(scan, p);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (*p != words[i].word[0])
            continue;
        *kind = words[i].kind;
        for (size_t k = 1; k < words[i].length; k++)
            if (p + k == scan->end || p[k] != words[i].word[k])
                return fail(scan, JSON_SYNTAX, p + k);
        return p + words[i].length;
    }
    return fail(scan, JSON_SYNTAX, p);
}

/* A place in the list of matches, or NULL when there is no memory for one more. */
static struct json_match *add_match(struct scan *scan, const char *at)
{
    struct json_matches *matches = scan->matches;

    if (matches->count == matches->capacity) {
        size_t capacity = matches->capacity ? matches->capacity * 2 : 32;
        struct json_match *list = NULL;

        if (capacity <= SIZE_MAX / sizeof *list)
            list = realloc(matches->list, capacity * sizeof *list);
        if (!list) {
            fail(scan, JSON_TOO_MANY, at);
            return NULL;
        }
        matches->list = list;
        matches->capacity = capacity;
    }
    return &matches->list[matches->count++];
}

static inline bool note(struct scan *scan, uint32_t node, const char *key, const char *value,
    const char *end, enum json_kind kind, bool plain)
{
    struct json_match *match = add_match(scan, value);

    if (!match)
        return false;
    match->node = node;
    match->key = (uint32_t)(key - scan->text);
    match->value = (uint32_t)(value - scan->text);
    match->end = end ? (uint32_t)(end - scan->text) : UINT32_MAX;
    match->kind = (uint16_t)kind;
    match->plain = plain;
    return true;
}

/* As find_escaped(), for decoded keys too long for its buffer. */
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

/* The child of ${parent} for a key with escapes in it; text[key, end) has both quotes. */
static uint32_t find_escaped(const struct json_paths *paths, uint32_t parent, const char *key,
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

static inline uint32_t find_member(const struct json_paths *paths, uint32_t parent,
    const char *key, const char *end, bool plain)
{
    uint32_t child;

    if (plain)
        child = json_path_find(paths, parent, key + 1, (size_t)(end - key) - 2);
    else
        child = find_escaped(paths, parent, key, end);
    return child != JSON_NO_NODE ? child : paths->nodes[parent].other;
}

static inline uint32_t find_element(const struct json_paths *paths, struct frame *frame)
{
    const struct json_path_node *nodes = paths->nodes;
    uint32_t child = frame->cursor;

    if (child != JSON_NO_NODE && nodes[child].index == frame->index) {
        frame->cursor = nodes[child].next_index;
        frame->index++;
        return child;
    }
    frame->index++;
    return nodes[frame->node].each;
}

/*
 * Returns where the root value ends, or NULL. Labels are the states; ${p} always stands on a byte
 * not yet read, ${node} and ${key} belong to the value that comes next.
 */
static const char *walk(struct scan *scan, const char *p, unsigned limit, enum json_kind *root)
{
    const char *const end = scan->end;
    struct frame stack[JSON_MAX_DEPTH];
    struct frame *frame = NULL;
    uint32_t node = scan->paths ? JSON_ROOT : JSON_NO_NODE;
    const char *key = p, *start;
    enum json_kind kind;
    unsigned depth = 0;
    bool plain;

value:
    if (p == end)
        return fail(scan, JSON_SYNTAX, p);
    start = p;
    plain = false;
    if (*p == '"') {
        kind = JSON_STRING;
        p = string_end(scan, p + 1, &plain);
    } else if (*p == '{' || *p == '[') {
        goto open;
    } else {
        p = scalar_end(scan, p, &kind);
    }
    if (!p)
        return NULL;
    if (node != JSON_NO_NODE && !note(scan, node, key, start, p, kind, plain))
        return NULL;
    goto after;
open:
    if (depth == limit)
        return fail(scan, JSON_DEPTH, p);
    kind = *p == '{' ? JSON_OBJECT : JSON_ARRAY;
    frame = &stack[depth++];
    frame->object = kind == JSON_OBJECT;
    frame->node = node;
    if (node != JSON_NO_NODE) {
        frame->match = (uint32_t)scan->matches->count;
        frame->index = 0;
        frame->cursor = scan->paths->nodes[node].first_index;
        if (!note(scan, node, key, p, NULL, kind, false))
            return NULL;
    }
    p = json_span_space(p + 1, end);
    if (p < end && *p == (kind == JSON_OBJECT ? '}' : ']'))
        goto close;
    if (kind == JSON_OBJECT)
        goto member;
element:
    node = frame->node != JSON_NO_NODE ? find_element(scan->paths, frame) : JSON_NO_NODE;
    key = p;
    goto value;
member:
    if (p == end || *p != '"')
        return fail(scan, JSON_SYNTAX, p);
    key = p;
    p = string_end(scan, p + 1, &plain);
    if (!p)
        return NULL;
    node = frame->node;
    if (node != JSON_NO_NODE)
        node = find_member(scan->paths, node, key, p, plain);
    p = json_span_space(p, end);
    if (p == end || *p != ':')
        return fail(scan, JSON_SYNTAX, p);
    p = json_span_space(p + 1, end);
    goto value;
after:
    if (depth == 0) {
        *root = kind;
        return p;
    }
    p = json_span_space(p, end);
    if (p == end)
        return fail(scan, JSON_SYNTAX, p);
    if (*p == ',') {
        p = json_span_space(p + 1, end);
        if (frame->object)
            goto member;
        goto element;
    }
    if (*p != (frame->object ? '}' : ']'))
        return fail(scan, JSON_SYNTAX, p);
close:
    p++;
    kind = frame->object ? JSON_OBJECT : JSON_ARRAY;
    if (frame->node != JSON_NO_NODE)
        scan->matches->list[frame->match].end = (uint32_t)(p - scan->text);
    frame = --depth ? &stack[depth - 1] : NULL;
    goto after;
}

/* A number that the error cut off may have more digits to come: it is not known whole. */
static void drop_cut_number(struct json_matches *matches, size_t offset)
{
    const struct json_match *last;

    if (matches->count == 0)
        return;
    last = &matches->list[matches->count - 1];
    if (last->kind == JSON_NUMBER && last->end == offset)
        matches->count--;
}

enum json_error json_scan(const char *text, size_t length, const struct json_paths *paths,
    unsigned depth, struct json_matches *matches, struct json_result *result)
{
    struct scan scan = { text, text + length, paths, matches, JSON_OK, text };
    const char *start = json_span_space(text, scan.end);
    const char *end = NULL;

    if (matches)
        matches->count = 0;
    result->kind = JSON_NULL;
    result->start = (size_t)(start - text);
    if (length >= UINT32_MAX)
        fail(&scan, JSON_TOO_BIG, text);
    else
        end = walk(&scan, start, depth < JSON_MAX_DEPTH ? depth : JSON_MAX_DEPTH, &result->kind);
    result->end = end ? (size_t)(end - text) : length;
    if (end) {
        scan.at = json_span_space(end, scan.end);
        if (scan.at != scan.end)
            scan.error = JSON_SYNTAX;
    }
    result->error = scan.error;
    result->offset = (size_t)(scan.at - text);
    if (scan.error && matches)
        drop_cut_number(matches, result->offset);
    return scan.error;
}

void json_matches_free(struct json_matches *matches)
{
    free(matches->list);
    *matches = (struct json_matches){ 0 };
}

const char *json_error_name(enum json_error error)
{
    switch (error) {
    case JSON_OK:
        return "ok";
    case JSON_SYNTAX:
        return "syntax";
    case JSON_UTF8:
        return "utf8";
    case JSON_SURROGATE:
        return "surrogate";
    case JSON_DEPTH:
        return "depth";
    case JSON_TOO_MANY:
        return "too-many";
    case JSON_TOO_BIG:
        return "too-big";
    }
    return "syntax";
}

size_t json_key_end(const char *text, size_t key)
{
    for (key++; text[key] != '"'; key++)
        if (text[key] == '\\')
            key++;
    return key + 1;
}
