#include <string.h>

#include "json/span.h"
#include "json/walk.h"

void json_walk_start(struct json_walk *walk, const char *text, size_t length)
{
    walk->at = text;
    walk->end = text + length;
    walk->open = 0;
    walk->depth = 0;
    memset(walk->objects, 0, sizeof walk->objects);
}

/* Return the place past the string at ${text}, a quote. */
static const char *string_end(const char *text, const char *end, bool *plain)
{
    *plain = true;
    for (text = json_span_content(text + 1, end); *text == '\\';
         text = json_span_content(text + 2, end))
        *plain = false;
    return text + 1;
}

static bool in_object(const struct json_walk *walk)
{
    unsigned last = walk->open - 1;
    return walk->open > 0 && (walk->objects[last / 64] >> last % 64 & 1) != 0;
}

static void push(struct json_walk *walk, bool object)
{
    uint64_t bit = UINT64_C(1) << walk->open % 64;
    if (object)
        walk->objects[walk->open / 64] |= bit;
    else
        walk->objects[walk->open / 64] &= ~bit;
    walk->open++;
}

/* Return the place past a number or a word. */
static const char *bare_end(const char *text, const char *end)
{
    while (text < end && *text != ',' && *text != '}' && *text != ']' && !json_span_is_space(*text))
        text++;
    return text;
}

static enum json_kind bare_kind(char c)
{
    switch (c) {
    case 'n':
        return JSON_NULL;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    default:
        return JSON_NUMBER;
    }
}

enum json_walk_event json_walk_next(struct json_walk *walk)
{
    const char *at = json_span_space(walk->at, walk->end);
    if (at < walk->end && *at == ',')
        at = json_span_space(at + 1, walk->end);
    if (at == walk->end)
        return JSON_WALK_END;
    if (*at == '}' || *at == ']') {
        walk->at = at + 1;
        walk->depth = --walk->open;
        return JSON_WALK_CLOSE;
    }
    walk->key = NULL;
    walk->depth = walk->open;
    if (in_object(walk)) {
        walk->key = at;
        at = string_end(at, walk->end, &walk->key_plain);
        walk->key_length = (size_t)(at - walk->key);
        at = json_span_space(at, walk->end);
        at = json_span_space(at + 1, walk->end); /* the colon */
    }
    walk->value = at;
    if (*at == '{' || *at == '[') {
        walk->kind = *at == '{' ? JSON_OBJECT : JSON_ARRAY;
        push(walk, *at == '{');
        walk->at = at + 1;
        return JSON_WALK_OPEN;
    }
    if (*at == '"') {
        walk->kind = JSON_STRING;
        walk->at = string_end(at, walk->end, &walk->plain);
    } else {
        walk->kind = bare_kind(*at);
        walk->at = bare_end(at, walk->end);
    }
    walk->length = (size_t)(walk->at - at);
    return JSON_WALK_VALUE;
}
