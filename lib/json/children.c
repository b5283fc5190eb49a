#include "json/children.h"
#include "json/span.h"

enum json_kind json_children_kind(char first)
{
    switch (first) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

/* Return the place past the closing quote, from the opening one. */
static const char *string_end(const char *at, const char *end)
{
    at++;
#ifdef JSON_SPAN_SSE2
    /* Strings that hold JSON are full of backslashes: one look at a block finds all of them. */
    while (end - at >= 16) {
        unsigned stops = json_span_content_stops(json_span_load(at));
        size_t past = 16;

        while (stops != 0) {
            unsigned i = (unsigned)__builtin_ctz(stops);

            if (at[i] == '"')
                return at + i + 1;
            stops &= stops - 1;
            if (at[i] != '\\')
                continue;
            stops &= ~(2U << i); /* escaped */
            if (i == 15)
                past = 17;
        }
        at += past;
    }
#endif
    for (; at < end; at++) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at++;
    }
    return end;
}

/* Return the place past the closing bracket, from the opening one. */
static const char *container_end(const char *at, const char *end)
{
    size_t depth = 0;
    while (at < end) {
        unsigned char c = (unsigned char)*at;

        if (c == '"') {
            at = string_end(at, end);
            continue;
        }
        at++;
        if ((c | 0x20) == '{') /* or '[' */
            depth++;
        else if ((c | 0x20) == '}' && --depth == 0)
            break;
    }
    return at;
}

/* A number or a word ends at a comma, a bracket or whitespace. */
static const char *scalar_end(const char *at, const char *end)
{
    while (at < end && *at != ',' && *at != ']' && *at != '}' && !json_span_is_space(*at))
        at++;
    return at;
}

bool json_children_open(struct json_children *children, const char *text, size_t length)
{
    const char *at = json_span_space(text, text + length);
    *children = (struct json_children){ .text = text, .length = length };
    children->at = (size_t)(at - text);
    if (children->at == length || (*at != '{' && *at != '['))
        return false;
    children->object = *at == '{';
    children->at++;
    return true;
}

void json_children_noted(struct json_children *children, const char *text,
    const struct json_matches *matches, const struct json_match *object, uint32_t other)
{
    const struct json_match *end = object + 1;
    while (end < matches->list + matches->count && end->node == other && end->value < object->end)
        end++;
    *children = (struct json_children){ .text = text, .length = object->end, .object = true };
    children->noted = object + 1;
    children->noted_end = end;
}

static bool next_noted(struct json_children *children, struct json_child *child)
{
    const struct json_match *match = children->noted;
    if (match == children->noted_end)
        return false;
    children->noted++;
    child->key = match->key;
    child->key_end = match->value - 1; /* usually only the colon is in between */
    if (children->text[child->key_end - 1] != '"' || children->text[child->key_end] != ':')
        child->key_end = json_key_end_before(children->text, match->value);
    child->value = match->value;
    child->end = match->end;
    child->kind = (enum json_kind)match->kind;
    return true;
}

/* Skip whitespace, the byte ${passed} if it is there, and whitespace again. */
static const char *pass(const char *at, const char *end, char passed)
{
    at = json_span_space(at, end);
    return at < end && *at == passed ? json_span_space(at + 1, end) : at;
}

bool json_children_next(struct json_children *children, struct json_child *child)
{
    const char *text = children->text, *end = text + children->length;
    const char *at, *past;
    if (children->noted)
        return next_noted(children, child);
    at = pass(text + children->at, end, ',');
    if (at == end || *at == '}' || *at == ']')
        return false;
    child->key = (size_t)(at - text);
    if (children->object) {
        at = string_end(at, end);
        child->key_end = (size_t)(at - text);
        at = pass(at, end, ':');
        if (at == end)
            return false;
    } else {
        child->key_end = child->key;
    }
    child->value = (size_t)(at - text);
    child->kind = json_children_kind(*at);
    switch (child->kind) {
    case JSON_STRING:
        past = string_end(at, end);
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
        past = container_end(at, end);
        break;
    default:
        past = scalar_end(at, end);
        break;
    }
    child->end = children->at = (size_t)(past - text);
    return true;
}
