#include <stdlib.h>

#include "json/escape.h"
#include "json/number_text.h"
#include "json/path_tree.h"
#include "json/scan.h"
#include "json/span.h"
#include "json/stops.h"
#include "json/string.h"
#include "json/utf8.h"
#include "json/watch.h"

/* Compile the code that most bytes of most texts take in one piece, without calls. */
#define HOT inline __attribute__((always_inline))
#define COLD __attribute__((noinline))

/* An open object or array. */
struct level {
    unsigned char close; /* the bracket that ends it */
    bool noted;
    uint32_t match; /* if it matches, its place in the list of matches */
    uint32_t node;  /* whose children may match inside; JSON_NO_NODE: none, and the rest is unset */
    uint32_t index; /* of the next array element */
    uint32_t cursor; /* first index child not yet passed */
};

struct scan {
    const char *text;
    const char *end;
    const struct json_paths *paths;
    const struct json_watch *watch; /* of the paths; NULL: no key is watched */
    struct json_matches *matches;
    enum json_error error;
    const char *at; /* place of the error */
    struct json_stops stops;
};

static COLD const char *fail(struct scan *scan, enum json_error error, const char *at)
{
    scan->error = error;
    scan->at = at;
    return NULL;
}

/* As string_end(), for a string whose first stop is ${p}, not its end. */
static COLD const char *string_rest(struct scan *scan, const char *p, bool *plain)
{
    while (p) {
        enum json_error error = JSON_SYNTAX;
        size_t length = 0;
        uint32_t point;

        if (*p == '\\') {
            *plain = false;
            p = json_stops_pass_escapes(&scan->stops, p);
            if (!p)
                break;
        }
        if (*p == '"')
            return p + 1;
        if ((unsigned char)*p >= 0x80) {
            p = json_stops_check(&scan->stops, p);
            continue;
        }
        if (*p == '\\')
            length = json_escape_parse(p, scan->end, &point, &error);
        if (length == 0)
            return fail(scan, error, p);
        p = json_stops_next(&scan->stops, p + length);
    }
    if (scan->stops.bad)
        return fail(scan, JSON_UTF8, scan->stops.bad);
    return fail(scan, JSON_SYNTAX, scan->end);
}

/* Return the place past the closing quote, from past the opening one; NULL on an error. */
static HOT const char *string_end(struct scan *scan, const char *p, bool *plain)
{
    *plain = true;
    p = json_stops_next(&scan->stops, p);
    if (p && *p == '"')
        return p + 1;
    return string_rest(scan, p, plain);
}

static const char *word_end(struct scan *scan, const char *p, const char *word)
{
    for (; *word; p++, word++)
        if (p == scan->end || *p != *word)
            return fail(scan, JSON_SYNTAX, p);
    return p;
}

/* Skip the number or word at ${p}, whose first byte is ${c}; NULL on an error. */
static COLD const char *scalar_end(struct scan *scan, const char *p, unsigned char c,
    enum json_kind *kind)
{
    const char *past = NULL, *wrong;
    switch (c) {
    case 'n':
        *kind = JSON_NULL;
        return word_end(scan, p, "null");
    case 't':
        *kind = JSON_TRUE;
        return word_end(scan, p, "true");
    case 'f':
        *kind = JSON_FALSE;
        return word_end(scan, p, "false");
    default:
        *kind = JSON_NUMBER;
        if (c != '-' && (unsigned char)(c - '0') >= 10)
            return fail(scan, JSON_SYNTAX, p);
#ifdef JSON_SPAN_SSE2
        if (scan->end - p >= 16)
            past = json_number_short_end(p);
#endif
        if (!past)
            past = json_number_end(p, scan->end, &wrong);
        return past ? past : fail(scan, JSON_SYNTAX, wrong);
    }
}

static COLD bool grow_matches(struct scan *scan, const char *at)
{
    struct json_matches *matches = scan->matches;
    size_t capacity = matches->capacity ? matches->capacity * 2 : 32;
    struct json_match *list = NULL;
    if (capacity <= SIZE_MAX / sizeof *list && (matches->most == 0 || capacity <= matches->most))
        list = realloc(matches->list, capacity * sizeof *list);
    if (!list) {
        fail(scan, JSON_TOO_MANY, at);
        return false;
    }
    matches->list = list;
    matches->capacity = capacity;
    return true;
}

/* Add a match; ${end} is NULL while unknown. */
static inline bool note(struct scan *scan, uint32_t node, const char *key, const char *value,
    const char *end, enum json_kind kind, bool plain)
{
    struct json_matches *matches = scan->matches;
    if (matches->count == matches->capacity && !grow_matches(scan, value))
        return false;
    struct json_match *match = &matches->list[matches->count++];
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

/* As json_path_find(), for a key with escapes; text[key, end) has both quotes. */
static COLD uint32_t find_escaped(const struct json_paths *paths, uint32_t parent, const char *key,
    const char *end)
{
    char decoded[512];
    size_t length = 0;
    for (const char *p = key + 1; p < end - 1;) {
        enum json_error error;
        uint32_t point = 0;

        if (length > paths->longest_key) /* too long for any key */
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

/*
 * Return the node that a key of an object matches, or JSON_NO_NODE; text[key, end) has both quotes.
 */
static inline uint32_t find_member(const struct json_paths *paths, uint32_t parent, const char *key,
    const char *end, bool plain)
{
    uint32_t child;
    if (plain)
        child = json_path_find(paths, parent, key + 1, (size_t)(end - key) - 2);
    else
        child = find_escaped(paths, parent, key, end);
    return child != JSON_NO_NODE ? child : paths->nodes[parent].other;
}

/* Return the node of a member of ${parent}, or that of a watched key, or JSON_NO_NODE. */
static HOT uint32_t match_key(const struct scan *scan, uint32_t parent, const char *key,
    const char *end, bool plain)
{
    uint32_t node = parent;
    if (parent != JSON_NO_NODE)
        node = find_member(scan->paths, parent, key, end, plain);
    if (scan->watch && node == JSON_NO_NODE)
        node = json_watch_find(scan->watch, key, end, plain);
    return node;
}

static inline uint32_t find_element(const struct json_paths *paths, struct level *level)
{
    const struct json_path_node *nodes = paths->nodes;
    uint32_t child = level->cursor;
    if (child != JSON_NO_NODE && nodes[child].index == level->index++) {
        level->cursor = nodes[child].next_index;
        return child;
    }
    return nodes[level->node].each;
}

/* Note the object or array at ${p}, and which of its children may match. */
static inline bool enter(struct scan *scan, struct level *level, uint32_t node, const char *key,
    const char *p)
{
    bool object = *p == '{';
    level->close = object ? '}' : ']';
    level->noted = node != JSON_NO_NODE;
    level->node = JSON_NO_NODE;
    if (!level->noted)
        return true;
    const struct json_path_node *path = &scan->paths->nodes[node];
    level->match = (uint32_t)scan->matches->count;
    if (json_path_goes_on(path, object)) {
        level->node = node;
        level->index = 0;
        level->cursor = path->first_index;
    }
    return note(scan, node, key, p, NULL, object ? JSON_OBJECT : JSON_ARRAY, false);
}

static COLD const char *skip_space(const char *p, const char *end)
{
    return json_span_space(p, end);
}

/* Move ${*at} past whitespace; return the byte there, or 0 at the end of the text. */
static inline unsigned char peek(const char **at, const char *end)
{
    unsigned char c = *at < end ? (unsigned char)**at : 0;
    if (c <= ' ') {
        *at = skip_space(*at, end);
        c = *at < end ? (unsigned char)**at : 0;
    }
    return c;
}

/* Do the same as peek(), from the byte after ${*at}, where many writers put one space. */
static inline unsigned char peek_next(const char **at, const char *end)
{
    ++*at;
    if (end - *at >= 2 && **at == ' ' && (unsigned char)(*at)[1] > ' ')
        ++*at;
    return peek(at, end);
}

static inline bool starts_with(const char *p, const char *end, const char pair[2])
{
    return end - p >= 2 && memcmp(p, pair, 2) == 0;
}

/*
 * Skip the object or array at ${p}; NULL on an error. The labels are the states; ${node} and ${key}
 * belong to the next value.
 */
static const char *walk(struct scan *scan, const char *p, unsigned limit)
{
    const char *const end = scan->end;
    struct level levels[JSON_MAX_DEPTH], *level;
    uint32_t node = scan->paths ? JSON_ROOT : JSON_NO_NODE;
    const char *key = p, *start;
    enum json_kind kind;
    unsigned depth = 0;
    bool plain;
open:
    if (depth == limit)
        return fail(scan, JSON_DEPTH, p);
    level = &levels[depth++];
    if (!enter(scan, level, node, key, p))
        return NULL;
    unsigned char c = peek_next(&p, end);
    if (c == level->close)
        goto close;
next:
    node = level->node;
    key = p;
    if (level->close == ']') {
        if (node != JSON_NO_NODE)
            node = find_element(scan->paths, level);
        goto value;
    }
    if (c != '"')
        return fail(scan, JSON_SYNTAX, p);
member:
    p = string_end(scan, p + 1, &plain);
    if (!p)
        return NULL;
    node = match_key(scan, node, key, p, plain);
    if (starts_with(p, end, ":\"")) {
        p++;
        goto string;
    }
    if (peek(&p, end) != ':')
        return fail(scan, JSON_SYNTAX, p);
    c = peek_next(&p, end);
value:
    if ((c | 0x20) == '{') /* or '[' */
        goto open;
    if (c == '"')
        goto string;
    start = p;
    p = scalar_end(scan, p, c, &kind);
    if (!p || (node != JSON_NO_NODE && !note(scan, node, key, start, p, kind, false)))
        return NULL;
    goto after;
string:
    start = p;
    p = string_end(scan, p + 1, &plain);
    if (!p || (node != JSON_NO_NODE && !note(scan, node, key, start, p, JSON_STRING, plain)))
        return NULL;
    if (starts_with(p, end, ",\"") && level->close == '}') {
        node = level->node;
        key = ++p;
        goto member;
    }
after:
    c = peek(&p, end);
    if (c == ',') {
        c = peek_next(&p, end);
        goto next;
    }
    if (c != level->close)
        return fail(scan, JSON_SYNTAX, p);
close:
    p++;
    if (level->noted)
        scan->matches->list[level->match].end = (uint32_t)(p - scan->text);
    if (--depth == 0)
        return p;
    level--;
    goto after;
}

/* A number that the error cut may have lost digits: drop it. */
static void drop_cut_number(struct json_matches *matches, size_t offset)
{
    if (matches->count == 0)
        return;
    const struct json_match *last = &matches->list[matches->count - 1];
    if (last->kind == JSON_NUMBER && last->end == offset)
        matches->count--;
}

/* Scan the root value at ${p}. Return the place past it. */
static const char *scan_root(struct scan *scan, const char *p, unsigned limit, enum json_kind *kind)
{
    const char *past;
    bool plain = false;
    if (p == scan->end)
        return fail(scan, JSON_SYNTAX, p);
    if (*p == '{' || *p == '[') {
        *kind = *p == '{' ? JSON_OBJECT : JSON_ARRAY;
        return walk(scan, p, limit);
    }
    *kind = JSON_STRING;
    if (*p == '"')
        past = string_end(scan, p + 1, &plain);
    else
        past = scalar_end(scan, p, (unsigned char)*p, kind);
    if (past && scan->paths && !note(scan, JSON_ROOT, p, p, past, *kind, plain))
        return NULL;
    return past;
}

enum json_error json_scan(const char *text, size_t length, const struct json_paths *paths,
    unsigned depth, struct json_matches *matches, struct json_result *result)
{
    const char *start = json_span_space(text, text + length), *past = NULL;
    struct scan scan; /* json_stops_init() sets its stops, which are large */
    *result = (struct json_result){ .start = (size_t)(start - text), .end = length };
    scan.text = text;
    scan.end = text + length;
    scan.paths = paths;
    scan.watch = paths ? paths->watch : NULL;
    scan.matches = matches;
    scan.error = JSON_OK;
    scan.at = text;
    if (matches)
        matches->count = 0;
    if (length >= UINT32_MAX) {
        fail(&scan, JSON_TOO_BIG, text);
    } else {
        json_stops_init(&scan.stops, text, length);
        past =
            scan_root(&scan, start, depth < JSON_MAX_DEPTH ? depth : JSON_MAX_DEPTH, &result->kind);
    }
    if (past) {
        result->end = (size_t)(past - text);
        scan.at = json_span_space(past, scan.end);
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

void json_matches_shrink(struct json_matches *matches, size_t keep)
{
    if (matches->capacity > keep / sizeof *matches->list)
        json_matches_free(matches);
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

size_t json_key_end_before(const char *text, size_t value)
{
    /* usually only the colon is between key and value */
    while (json_span_is_space(text[value - 1]))
        value--;
    value--;
    while (json_span_is_space(text[value - 1]))
        value--;
    return value;
}
