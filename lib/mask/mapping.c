#include <stdlib.h>
#include <string.h>

#include "base/recent.h"
#include "crypto/siv.h"
#include "json/string.h"
#include "mask/mapping.h"
#include "mask/method_siv.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct mapping {
    const struct policy *policy;
    const struct keyring *ring;
    struct journal *journal;
    struct recent *recent;
    struct method_siv_state **tokens; /* indexed by rule; NULL: not mapped */
    struct buf lines;
    struct buf scratch;
};

static bool is_mapped(const struct method *method)
{
    return method->id == METHOD_HMAC || method->id == METHOD_EMAIL || method->id == METHOD_SHA256;
}

static bool open_tokens(struct mapping *mapping, size_t rule)
{
    const struct policy_rule *of = &mapping->policy->rules[rule];
    struct buf *domain = &mapping->scratch;
    if (!is_mapped(of->method))
        return true;
    buf_clear(domain);
    buf_puts(domain, MAPPING_PREFIX);
    if (buf_append(domain, of->domain, of->domain_length) != 0)
        return false;
    mapping->tokens[rule] =
        method_siv_open(mapping->ring, "siv", "siv1", domain->data, domain->length);
    return mapping->tokens[rule] != NULL;
}

struct mapping *mapping_new(const struct policy *policy, const struct keyring *ring,
    struct journal *journal)
{
    struct mapping *mapping = calloc(1, sizeof *mapping);
    if (mapping == NULL)
        return NULL;
    mapping->policy = policy;
    mapping->ring = ring;
    mapping->journal = journal;
    buf_init(&mapping->lines, SIZE_MAX);
    buf_init(&mapping->scratch, SIZE_MAX);
    mapping->recent = recent_new(MAPPING_KNOWN);
    mapping->tokens = calloc(policy->rule_count + 1, sizeof *mapping->tokens);
    bool good = mapping->recent != NULL && mapping->tokens != NULL;
    for (size_t i = 0; good && i < policy->rule_count; i++)
        good = open_tokens(mapping, i);
    if (good)
        return mapping;
    mapping_free(mapping);
    return NULL;
}

void mapping_free(struct mapping *mapping)
{
    if (mapping == NULL)
        return;
    for (size_t i = 0; mapping->tokens != NULL && i < mapping->policy->rule_count; i++)
        method_siv_close(mapping->tokens[i]);
    free(mapping->tokens);
    recent_free(mapping->recent);
    buf_wipe(&mapping->lines);
    buf_wipe(&mapping->scratch);
    free(mapping);
}

enum token_result mapping_note(struct mapping *mapping, size_t rule,
    const struct token_value *value, const char *masked, size_t length)
{
    const struct policy_rule *of = &mapping->policy->rules[rule];
    struct buf *scratch = &mapping->scratch;
    struct buf *lines = &mapping->lines;
    if (mapping->tokens[rule] == NULL || length == 2) /* "" made from a blank */
        return TOKEN_OK;
    buf_clear(scratch);
    buf_append(scratch, of->domain, of->domain_length + 1);
    if (buf_append(scratch, masked, length) != 0)
        return TOKEN_FAILED;
    enum recent_result seen = recent_add(mapping->recent, scratch->data, scratch->length);
    if (seen != RECENT_NEW)
        return seen == RECENT_KNOWN ? TOKEN_OK : TOKEN_FAILED;
    buf_puts(lines, "{\"domain\":");
    json_string_encode(lines, of->domain, of->domain_length);
    buf_puts(lines, ",\"masked\":");
    buf_append(lines, masked, length);
    buf_puts(lines, ",\"value\":");
    if (token_plain(value, SIV_TAG, scratch) != 0 ||
        token_pad(scratch, SIV_TAG, METHOD_PAD_DEFAULT) != 0 ||
        method_siv_seal(mapping->tokens[rule], keyring_primary(mapping->ring), scratch, lines) != 0)
        return TOKEN_FAILED;
    buf_puts(lines, "}\n");
    buf_shrink(scratch, GIVEN_BACK_ABOVE);
    return lines->failed ? TOKEN_FAILED : TOKEN_OK;
}

int mapping_commit(struct mapping *mapping)
{
    int result = 0;
    if (mapping->lines.length > 0)
        result = journal_append(mapping->journal, mapping->lines.data, mapping->lines.length);
    buf_shrink(&mapping->lines, GIVEN_BACK_ABOVE);
    return result;
}
