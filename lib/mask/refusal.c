#include <stdio.h>
#include <string.h>

#include "detect/detect.h"
#include "mask/refusal.h"

enum { WORD_MAX = 24, WORD_DIGITS = 2 };

static const struct {
    const char *code;
    const char *detail;
} texts[REFUSAL_COUNT] = {
    [REFUSAL_SYNTAX] = { "syntax", "the line is not valid JSON" },
    [REFUSAL_UTF8] = { "utf8", "the line is not valid JSON" },
    [REFUSAL_SURROGATE] = { "surrogate", "the line is not valid JSON" },
    [REFUSAL_DEPTH] = { "depth", "the line is nested too deep" },
    [REFUSAL_NOT_OBJECT] = { "not-object", "the line is not a JSON object" },
    [REFUSAL_CUT] = { "cut", "the last line is incomplete" },
    [REFUSAL_TOO_LONG] = { "too-long", "the line is longer than --max-record" },
    [REFUSAL_TOO_LARGE] = { "too-large", "masked, the record would be too long" },
    [REFUSAL_ROOT_MISSING] = { "root", "there is no value at the root" },
    [REFUSAL_ROOT_KIND] = { "root", "the value at the root is not an object" },
    [REFUSAL_KIND] = { "kind", "a step of the path meets a value of another kind" },
    [REFUSAL_MISSING] = { "missing", "a required value is missing" },
    [REFUSAL_COLLISION] = { "collision", "the record has a key that the policy would write" },
    [REFUSAL_COLLISION_KEYS] = { "collision", "redacted, two keys of an object would be equal" },
    [REFUSAL_UNNAMED] = { "unnamed", "the policy does not name every member" },
    [REFUSAL_UNMATCHED] = { "unmatched", "no rule of the policy found a value" },
    [REFUSAL_NEAR_SPELLING] = { "near", "a member has the key of this rule in another spelling" },
    [REFUSAL_NEAR_VALUE] = { "near", "a member elsewhere has the key and a personal value" },
    [REFUSAL_NEAR_ELSEWHERE] = { "near",
        "a member elsewhere has the key of this rule, which found nothing" },
    [REFUSAL_DETECT] = { "detect", "a personal value that no rule names" },
    [REFUSAL_VALUE] = { "value", "the method cannot take the value" },
    [REFUSAL_CLAIM] = { "mixed", "the record claims to be masked, not with a key of ours" },
    [REFUSAL_CLAIM_MEMBER] = { "mixed",
        "the record claims to be masked and has a member that would be removed" },
    [REFUSAL_CLAIM_VALUE] = { "mixed", "the record claims to be masked and has a clear value" },
    [REFUSAL_CLAIM_FORGED] = { "mixed",
        "the record claims to be masked and has a value that the method does not make" },
    [REFUSAL_CLAIM_SEALED] = { "mixed", "the record is sealed but has no error" },
    [REFUSAL_ERROR_KIND] = { "mixed", "error is not an object" },
    [REFUSAL_ERROR_CONTENT] = { "mixed", "the error that arrived is sealed" },
    [REFUSAL_UNMASKED] = { "mixed", "the record has no masked value" },
    [REFUSAL_CLEAR] = { "mixed", "a masked record has no such member" },
    [REFUSAL_UNCLEAR] = { "mixed", "nothing shows that the value is masked" },
    [REFUSAL_TOKEN] = { "token",
        "the value was changed, or is none that this path's method makes" },
    [REFUSAL_UNKNOWN_KEY] = { "unknown-key", "masked with a key that is not in the key file" },
    [REFUSAL_NO_KEY_ID] = { "unknown-key",
        "neither pii nor --key-id says which key the value is masked with" },
};

const char *refusal_code(enum refusal refusal)
{
    return texts[refusal].code;
}

const char *refusal_detail(enum refusal refusal)
{
    return texts[refusal].detail;
}

const char *refusal_detail_at(const char *path, const char *says, char detail[REFUSAL_DETAIL_SIZE])
{
    if (path == NULL)
        return says;
    int size = snprintf(detail, REFUSAL_DETAIL_SIZE, "%s: %s", path, says);
    return size > 0 && size < REFUSAL_DETAIL_SIZE ? detail : says;
}

/* ---- errors that arrive ---------------------------------------------------------------------- */

static bool is_text(const char *text, size_t length, const char *known)
{
    return strlen(known) == length && memcmp(known, text, length) == 0;
}

static bool is_says(const char *text, size_t length)
{
    for (enum refusal i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
        if (is_text(text, length, texts[i].detail))
            return true;
    return method_is_refusal(text, length);
}

/* Return true when text[0, length) is ${path}, ": " and one of our details. */
static bool is_about(const char *path, const char *text, size_t length)
{
    size_t skip = strlen(path);
    return length > skip + 2 && memcmp(text, path, skip) == 0 && text[skip] == ':' &&
        text[skip + 1] == ' ' && is_says(text + skip + 2, length - skip - 2);
}

static bool is_detail(const struct policy *policy, const char *text, size_t length)
{
    if (is_says(text, length) || is_about(policy->root_path, text, length))
        return true;
    for (size_t i = 0; i < policy->rule_count; i++)
        if (is_about(policy->rules[i].path, text, length))
            return true;
    for (size_t i = 0; i < policy->require_count; i++)
        if (is_about(policy->required[i].path, text, length))
            return true;
    for (enum detect_kind kind = 0; kind < DETECT_KINDS; kind++)
        if (is_about(detect_name(kind), text, length))
            return true;
    return false;
}

static bool is_word(const char *text, size_t length)
{
    size_t digits = 0;
    if (length == 0 || length > WORD_MAX || text[0] < 'a' || text[0] > 'z')
        return false;
    for (size_t i = 1; i < length; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        digits += digit;
        if (!digit && text[i] != '-' && (text[i] < 'a' || text[i] > 'z'))
            return false;
    }
    return digits <= WORD_DIGITS;
}

/* The members found in one error. */
struct parts {
    size_t stages, codes, details;
    bool others;
};

static void read_part(const struct policy *policy, const struct members *members, const char *text,
    const struct json_match *match, struct parts *parts, struct refusal_names *names)
{
    bool plain = match->kind == JSON_STRING && match->plain;
    const char *content = text + match->value + 1;
    size_t length = plain ? match->end - match->value - 2 : 0;
    if (match->node == members->error_stage && plain && is_word(content, length)) {
        parts->stages++;
        names->stage = content;
        names->stage_length = length;
    } else if (match->node == members->error_code && plain && is_word(content, length)) {
        parts->codes++;
        names->code = content;
        names->code_length = length;
    } else if (match->node == members->error_detail && plain &&
        is_detail(policy, content, length)) {
        parts->details++;
    } else {
        parts->others = true;
    }
}

bool refusal_is_known(const struct policy *policy, const struct members *members, const char *text,
    struct refusal_names *names)
{
    const struct json_match *list = members->matches.list;
    bool good = members->count[MEMBERS_ERROR] == 1;
    *names = (struct refusal_names){ 0 };
    for (size_t i = 0; i < members->matches.count; i++) {
        if (list[i].node != members->nodes[MEMBERS_ERROR])
            continue;
        struct parts parts = { 0 };
        *names = (struct refusal_names){ 0 };
        for (size_t k = i + 1; k < members->matches.count && list[k].value < list[i].end; k++)
            read_part(policy, members, text, &list[k], &parts, names);
        good = good && !parts.others && parts.stages == 1 && parts.codes == 1 && parts.details <= 1;
    }
    return good;
}
