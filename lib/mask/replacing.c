#include "mask/replacing.h"

void replacing_init(struct replacing *replacing, const struct compiled *compiled,
    const struct json_matches *matches, size_t key)
{
    *replacing = (struct replacing){ .compiled = compiled, .matches = matches, .key = key };
    reference_init(&replacing->reference);
    buf_init(&replacing->scratch, SIZE_MAX);
}

void replacing_free(struct replacing *replacing)
{
    reference_free(&replacing->reference);
    buf_wipe(&replacing->scratch);
}

void replacing_shrink(struct replacing *replacing, size_t keep)
{
    reference_shrink(&replacing->reference, keep);
    buf_shrink(&replacing->scratch, keep);
}

enum token_result replacing_value(struct replacing *replacing, const struct compiled_rule *rule,
    struct json_splice *splice, const struct json_match *match)
{
    if (rule->key.length > 0) {
        json_splice_copy(splice, match->key);
        buf_append(splice->out, rule->key.data, rule->key.length);
        json_splice_skip(splice, json_key_end_before(splice->text, match->value));
    }
    if (token_is_nothing(match)) {
        json_splice_copy(splice, match->end);
        return TOKEN_OK;
    }
    json_splice_copy(splice, match->value);
    struct token_value value = token_value_of(splice->text, match);
    json_splice_skip(splice, match->end);
    enum token_result given = reference_set(&replacing->reference, replacing->compiled, rule,
        replacing->key, replacing->key, false, splice->text, replacing->matches);
    if (given != TOKEN_OK)
        return given;
    size_t start = splice->out->length;
    enum token_result masked =
        rule->work->mask(rule->state, replacing->key, &value, &replacing->scratch, splice->out);
    if (masked != TOKEN_OK || replacing->mapping == NULL)
        return masked;
    return mapping_note(replacing->mapping, (size_t)(rule - replacing->compiled->rules), &value,
        splice->out->data + start, splice->out->length - start);
}
