#include "mask/required.h"

/*
 * Return true when the container match has a child of ${node} that is not null. Of a repeated key
 * the last counts, as in pg-load.
 */
static bool has_child(const struct json_matches *matches, size_t container, uint32_t node,
    bool is_key)
{
    const struct json_match *list = matches->list;
    bool has = false;
    for (size_t i = container + 1; i < matches->count && list[i].value < list[container].end; i++)
        if (list[i].node == node)
            has = list[i].kind != JSON_NULL || (has && !is_key);
    return has;
}

/* Return true when every match of the node above has a child of ${node}, and there is one. */
static bool is_everywhere(const struct policy *policy, const struct json_matches *matches,
    uint32_t node)
{
    uint32_t parent = json_paths_parent(policy->paths, node);
    bool is_key = json_paths_step(policy->paths, node) == JSON_STEP_KEY;
    bool found = false;
    for (size_t i = 0; i < matches->count; i++) {
        if (matches->list[i].node != parent)
            continue;
        if (!has_child(matches, i, node, is_key))
            return false;
        found = true;
    }
    return found;
}

/* Return true when the value is missing. A repeated object on the way may hide one that has it. */
static bool is_lacking(const struct policy *policy, const struct json_matches *matches,
    uint32_t node)
{
    if (!is_everywhere(policy, matches, node))
        return true;
    for (node = json_paths_parent(policy->paths, node); node != policy->root;
         node = json_paths_parent(policy->paths, node))
        if (json_paths_step(policy->paths, node) == JSON_STEP_KEY &&
            !is_everywhere(policy, matches, node))
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
        if (is_lacking(policy, matches, node))
            return policy->required[i].path;
    }
    return NULL;
}
