#include "mask/policy_agree.h"
#include "mask/policy_finish.h"

/* Return the rule whose path ends at or goes through ${node}. */
static const struct policy_rule *rule_through(const struct policy *policy, uint32_t node)
{
    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy_within(policy, policy->rules[i].node, node))
            return &policy->rules[i];
    return NULL;
}

static bool has_each(const struct policy *policy, uint32_t parent)
{
    for (uint32_t i = 0; i < json_paths_count(policy->paths); i++)
        if (json_paths_step(policy->paths, i) == JSON_STEP_EACH &&
            json_paths_parent(policy->paths, i) == parent)
            return true;
    return false;
}

/* Return true when the policy replaces or removes something. */
static bool hides_anything(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy_hides(&policy->rules[i]))
            return true;
    return false;
}

/*
 * [] does not apply to an element named by [N], so [N] must be the last step. Elements named one by
 * one cannot have the rest dropped without moving them.
 */
int policy_finish(struct policy *policy, struct policy_error *error)
{
    /* A truncated file must not turn the masker into a copier, unless "other" says so. */
    if (!hides_anything(policy) && !policy->other_given)
        return policy_error_set(error, POLICY_EMPTY, 0, NULL);
    if (policy_agree(policy, error) != 0)
        return -1;
    for (uint32_t i = 0; i < json_paths_count(policy->paths); i++) {
        if (json_paths_step(policy->paths, i) != JSON_STEP_INDEX)
            continue;
        const struct policy_rule *rule = rule_through(policy, i);
        const struct policy_word at = { NULL, 0, rule != NULL ? rule->column : 0 };
        unsigned line = rule != NULL ? rule->line : 0;
        bool each = has_each(policy, json_paths_parent(policy->paths, i));
        if (each && (rule == NULL || rule->node != i))
            return policy_error_set(error, POLICY_INDEX_BESIDE, line, &at);
        if (!each && policy->other == POLICY_DROP)
            return policy_error_set(error, POLICY_INDEX_OTHER, line, &at);
    }
    policy->own_nodes = (uint32_t)json_paths_count(policy->paths);
    return 0;
}
