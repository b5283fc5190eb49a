#include "base/buf.h"
#include "json/path_text.h"
#include "json/scan.h"
#include "json/string.h"

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

/* Parse the quoted key at text[*at]. On a mistake return false, with *at there. */
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

/* Parse the content of brackets, after "[", and the "]". */
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

/*
 * Parse the step at text[*at], the first of its path or a later one. On a mistake return false,
 * with *at there.
 */
static bool parse_step(const char *text, size_t length, size_t *at, struct step *step)
{
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
    size_t start = *at;
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
    /* parse everything before adding anything, so that a mistake leaves the tree unchanged */
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
