#include <string.h>

#include "json/scan.h"
#include "mask/reference.h"

void reference_init(struct reference *reference)
{
    buf_init(&reference->value, SIZE_MAX);
    buf_init(&reference->masked, SIZE_MAX);
    buf_init(&reference->scratch, SIZE_MAX);
}

void reference_free(struct reference *reference)
{
    buf_wipe(&reference->value);
    buf_wipe(&reference->masked);
    buf_wipe(&reference->scratch);
}

void reference_shrink(struct reference *reference, size_t keep)
{
    buf_shrink(&reference->value, keep);
    buf_shrink(&reference->masked, keep);
    buf_shrink(&reference->scratch, keep);
}

/* Return the value in ${text}, which is valid JSON. */
static struct token_value value_in(const struct buf *text)
{
    struct json_result result = { .kind = JSON_NULL };
    (void)json_scan(text->data, text->length, NULL, JSON_MAX_DEPTH, NULL, &result);
    return (struct token_value){ text->data, text->length, result.kind,
        memchr(text->data, '\\', text->length) == NULL };
}

/* Put the unmasked form of a value into reference->value. */
static enum token_result restore(struct reference *reference, const struct compiled_rule *by,
    size_t key, bool masked, const struct token_value *value)
{
    struct token_value token = *value;
    if (!masked) {
        buf_clear(&reference->masked);
        enum token_result result =
            by->work->mask(by->state, key, value, &reference->scratch, &reference->masked);
        if (result != TOKEN_OK)
            return result;
        token = value_in(&reference->masked);
    }
    buf_clear(&reference->value);
    return by->work->unmask(by->state, key, &token, &reference->scratch, &reference->value);
}

/* Return the last match of a node that has a value, or NULL. */
static const struct json_match *find(const struct json_matches *matches, uint32_t node)
{
    for (size_t i = matches->count; i-- > 0;)
        if (matches->list[i].node == node)
            return token_is_nothing(&matches->list[i]) ? NULL : &matches->list[i];
    return NULL;
}

enum token_result reference_set(struct reference *reference, const struct compiled *compiled,
    const struct compiled_rule *rule, size_t key, size_t with, bool masked, const char *text,
    const struct json_matches *matches)
{
    if (rule->work->go_by == NULL)
        return TOKEN_OK;
    const struct compiled_rule *by =
        rule->rule->by_rule != POLICY_NO_RULE ? &compiled->rules[rule->rule->by_rule] : NULL;
    uint32_t node =
        masked && by != NULL && by->rule->name != NULL ? by->rule->written : rule->rule->by;
    const struct json_match *match = find(matches, node);
    if (match == NULL)
        return rule->work->go_by(rule->state, with, NULL, &reference->scratch);
    struct token_value value = token_value_of(text, match);
    if (by != NULL) {
        enum token_result result = restore(reference, by, key, masked, &value);
        if (result != TOKEN_OK)
            return result;
        value = value_in(&reference->value);
    }
    /* A canonical value may be "". */
    bool nothing = value.kind == JSON_STRING && value.length == 2;
    return rule->work->go_by(rule->state, with, nothing ? NULL : &value, &reference->scratch);
}
