#include <string.h>

#include "mask/policy_agree.h"

/* Return true when options may differ between rules of one method and domain. */
static bool may_differ(const struct method *method)
{
    return method->id != METHOD_SIV && method->id != METHOD_HMAC;
}

static bool agree(const struct policy_rule *one, const struct policy_rule *other)
{
    if (one->method != other->method || may_differ(one->method) ||
        one->domain_length != other->domain_length ||
        memcmp(one->domain, other->domain, one->domain_length) != 0)
        return true;
    return memcmp(one->options, other->options, sizeof one->options) == 0;
}

/* Return true when another rule makes the value of "by" impossible to restore. */
static bool prevents_restoring(const struct policy *policy, const struct policy_rule *rule,
    uint32_t by)
{
    const struct method *method = rule->method;
    if (rule->written != JSON_NO_NODE &&
        (policy_within(policy, by, rule->written) || policy_within(policy, rule->written, by)))
        return true;
    if (method->action == METHOD_KEEP)
        return false;
    if (rule->node == by)
        return !method->reversible || method->needs_record;
    return policy_within(policy, by, rule->node) || policy_within(policy, rule->node, by);
}

static bool set_by(struct policy *policy, struct policy_rule *rule)
{
    rule->by_rule = POLICY_NO_RULE;
    if (rule->by == JSON_NO_NODE)
        return true;
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (prevents_restoring(policy, &policy->rules[i], rule->by))
            return false;
        if (policy->rules[i].node == rule->by && policy->rules[i].method->action == METHOD_REPLACE)
            rule->by_rule = i;
    }
    return true;
}

int policy_agree(struct policy *policy, struct policy_error *error)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        struct policy_rule *rule = &policy->rules[i];
        const struct policy_word at = { NULL, 0, rule->column };
        for (size_t k = 0; k < i; k++)
            if (!agree(rule, &policy->rules[k]))
                return policy_error_set(error, POLICY_DISAGREE, rule->line, &at);
        if (!set_by(policy, rule))
            return policy_error_set(error, POLICY_BY, rule->line, &at);
    }
    return 0;
}
