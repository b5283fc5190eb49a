#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "detect/detect.h"
#include "json/string.h"
#include "json/strings.h"
#include "mask/near.h"
#include "mask/token.h"
#include "mask/version.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct near {
    const struct compiled *compiled;
    struct buf hashes; /* uint64_t: hashes of the values masked in this record, sorted */
    bool hashed;
    struct buf scratch;
};

struct near *near_new(const struct compiled *compiled)
{
    struct near *near = calloc(1, sizeof *near);
    if (near == NULL)
        return NULL;
    near->compiled = compiled;
    buf_init(&near->hashes, SIZE_MAX);
    buf_init(&near->scratch, SIZE_MAX);
    return near;
}

void near_free(struct near *near)
{
    if (near == NULL)
        return;
    buf_wipe(&near->hashes);
    buf_wipe(&near->scratch);
    free(near);
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool is_empty(const char *text, const struct json_match *match)
{
    if (match->kind != JSON_OBJECT && match->kind != JSON_ARRAY)
        return token_is_nothing(match);
    for (size_t i = match->value + 1; i + 1 < match->end; i++)
        if ((unsigned char)text[i] > ' ')
            return false;
    return true;
}

/*
 * Return the content of a scalar in *content; a string is decoded, into the scratch memory if
 * needed. Return false when memory runs out.
 */
static bool content_of(struct near *near, const char *text, size_t start, size_t end, bool plain,
    const char **content, size_t *length)
{
    *content = text + start;
    *length = end - start;
    if (text[start] != '"')
        return true;
    *content += 1;
    *length -= 2;
    if (plain)
        return true;
    buf_clear(&near->scratch);
    if (json_string_decode(&near->scratch, text + start, end - start) != 0)
        return false;
    *content = near->scratch.data;
    *length = near->scratch.length;
    return true;
}

/*
 * Return the FNV-1a hash. A collision only seals a record without need, so nobody gains from one.
 */
static uint64_t hash_of(const char *content, size_t length)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)content[i]) * UINT64_C(0x100000001B3);
    return hash;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/*
 * Hash the masked and dropped values, so that comparing many values with many masked ones takes
 * bounded time. Return false when memory runs out.
 */
static bool hash_masked(struct near *near, const struct near_record *record)
{
    const struct json_matches *matches = record->matches;
    buf_shrink(&near->hashes, GIVEN_BACK_ABOVE);
    for (size_t i = 0; !record->masked && i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];
        const char *content;
        size_t length;
        enum compiled_role role = near->compiled->nodes[match->node].role;
        if ((role != COMPILED_VALUE && role != COMPILED_DROP) || token_is_nothing(match))
            continue;
        if (!content_of(near, record->text, match->value, match->end, match->plain, &content,
                &length))
            return false;
        uint64_t hash = hash_of(content, length);
        if (buf_append(&near->hashes, &hash, sizeof hash) != 0)
            return false;
    }
    if (near->hashes.length > 0)
        qsort(near->hashes.data, near->hashes.length / sizeof(uint64_t), sizeof(uint64_t),
            compare_hashes);
    near->hashed = true;
    return true;
}

static bool is_masked_content(const struct near *near, const char *content, size_t length)
{
    uint64_t hash = hash_of(content, length);
    return near->hashes.length > 0 &&
        bsearch(&hash, near->hashes.data, near->hashes.length / sizeof hash, sizeof hash,
            compare_hashes) != NULL;
}

/* Judge a scalar by its content. */
static enum near_result judge_scalar(struct near *near, const char *text, size_t start, size_t end,
    bool plain)
{
    const char *content;
    size_t length;
    if (!content_of(near, text, start, end, plain, &content, &length))
        return NEAR_FAILED;
    if (is_masked_content(near, content, length))
        return NEAR_VALUE;
    unsigned kinds = detect_kinds(content, length, DETECT_ALL);
    if (kinds == DETECT_BIT(DETECT_IPV4) && text[start] == '"' && version_is(text, start, end))
        return NEAR_NOTHING;
    return kinds != DETECT_NONE ? NEAR_VALUE : NEAR_NOTHING;
}

/* Judge any value: an object or array by its JSON text, and by every string in it. */
static enum near_result judge_value(struct near *near, const struct near_record *record,
    const struct json_match *match)
{
    if (!near->hashed && !hash_masked(near, record))
        return NEAR_FAILED;
    if (match->kind != JSON_OBJECT && match->kind != JSON_ARRAY)
        return judge_scalar(near, record->text, match->value, match->end, match->plain);
    if (is_masked_content(near, record->text + match->value, match->end - match->value))
        return NEAR_VALUE;
    enum near_result result = NEAR_NOTHING;
    struct json_string_place place;
    for (size_t at = match->value;
         result == NEAR_NOTHING && json_strings_next(record->text, match->end, &at, &place);)
        result = judge_scalar(near, record->text, place.start, place.end, place.plain);
    return result;
}

/* ---- members --------------------------------------------------------------------------------- */

static enum near_result judge_member(struct near *near, const struct near_record *record,
    const struct json_match *match, const char **path)
{
    const struct compiled_rule *rules = near->compiled->rules;
    uint32_t first = near->compiled->nodes[match->node].rule;
    const char *key = record->text + match->key;
    size_t key_length = json_key_end_before(record->text, match->value) - match->key;
    bool same = false;
    for (uint32_t i = first; i != COMPILED_NO_RULE; i = rules[i].near) {
        const struct compiled_rule *rule = &rules[i];
        if (!json_string_equals(key, key_length, rule->name, rule->name_length))
            continue;
        bool unreported = record->masked && rule->method->action == METHOD_DROP;
        if (!same)
            *path = rule->rule->path;
        same = true;
        if (rule->rule->optional || unreported || rule->found == record->serial)
            continue;
        *path = rule->rule->path;
        return NEAR_ELSEWHERE;
    }
    if (same)
        return judge_value(near, record, match);
    *path = rules[first].rule->path;
    return NEAR_SPELLING;
}

enum near_result near_check(struct near *near, const struct near_record *record, const char **path)
{
    const struct json_matches *matches = record->matches;
    enum near_result result = NEAR_NOTHING;
    size_t decided = 0; /* members before this offset pass by name, or not at all */
    near->hashed = false;
    for (size_t i = 0; i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];
        const struct compiled_node *node = &near->compiled->nodes[match->node];
        if (match->value < decided)
            continue;
        if (compiled_is_decided(node))
            decided = match->end;
        if (node->role != COMPILED_NEAR || is_empty(record->text, match))
            continue;
        const char *found = NULL;
        enum near_result member = judge_member(near, record, match, &found);
        if (member == NEAR_FAILED)
            return member;
        bool better = member == NEAR_SPELLING || result == NEAR_NOTHING;
        if (member != NEAR_NOTHING && better) {
            result = member;
            *path = found;
        }
        if (result == NEAR_SPELLING)
            break;
    }
    buf_shrink(&near->scratch, GIVEN_BACK_ABOVE);
    return result;
}
