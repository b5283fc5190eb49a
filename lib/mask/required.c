#include "mask/required.h"

/* Return true when the container match has a child of ${node} that is not null. */
static bool has_child(const struct json_matches *matches, size_t container, uint32_t node)
{
    const struct json_match *list = matches->list;
    for (size_t i = container + 1; i < matches->count && list[i].value < list[container].end; i++)
        if (list[i].node == node && list[i].kind != JSON_NULL)
            return true;
    return false;
}

/* Return true when masking removes what is at ${node}. */
static bool is_removed(const struct policy *policy, uint32_t node)
{
    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy->rules[i].node == node)
            return policy->rules[i].method->action == METHOD_DROP;
    return false;
}

/* Return the node of a path's value in a masked record. */
static uint32_t shown_node(const struct policy *policy, uint32_t node, bool masked)
{
    for (size_t i = 0; masked && i < policy->rule_count; i++)
        if (policy->rules[i].node == node && policy->rules[i].name != NULL)
            return policy->rules[i].written;
    return node;
}

const char *required_lacking(const struct policy *policy, const struct json_matches *matches,
    bool masked)
{
    for (size_t i = 0; i < policy->require_count; i++) {
        if (masked && is_removed(policy, policy->required[i].node))
            continue;
        uint32_t node = shown_node(policy, policy->required[i].node, masked);
        uint32_t parent = json_paths_parent(policy->paths, node);
        bool found = false;
        bool lacking = false;
        for (size_t k = 0; k < matches->count; k++) {
            if (matches->list[k].node != parent)
                continue;
            bool has = has_child(matches, k, node);
            found = found || has;
            lacking = lacking || !has;
        }
        if (!found || lacking)
            return policy->required[i].path;
    }
    return NULL;
}
