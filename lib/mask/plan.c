#include "mask/plan.h"

#include <stdlib.h>

#include "json/string.h"

/* Whether ${node} is in the part of the record that paths speak of. */
static bool is_content(const struct policy *policy, uint32_t node)
{
    const uint32_t reserved[] = { policy->sqs, policy->pii, policy->error, policy->sealed };
    if (!policy_within(policy, node, policy->root) ||
        policy_aside_of(policy, node) != POLICY_CONTENT)
        return false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (policy_within(policy, node, reserved[i]))
            return false;
    return true;
}

/*
 * Where the policy says what becomes of what it does not name, have that matched too: other members
 * of the objects it goes through and of the root, other elements of the arrays, and all members
 * aside but those it names.
 */
static bool add_others(const struct policy *policy)
{
    struct json_paths *paths = policy->paths;
    size_t count = json_paths_count(paths);
    if (json_paths_other(paths, policy->pii) == JSON_NO_NODE)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        bool content = is_content(policy, i);
        enum policy_aside aside = policy_aside_of(policy, i);
        bool wanted = (content && policy->other != POLICY_KEEP) || policy->named[aside];
        if (!wanted)
            continue;
        /* The root is an object also where no path goes into it. */
        bool object = json_paths_wants_object(paths, i) || i == policy->root;
        if (object && json_paths_other(paths, i) == JSON_NO_NODE)
            return false;
        if (json_paths_wants_array(paths, i) && json_paths_each(paths, i) == JSON_NO_NODE)
            return false;
        bool holds_value = aside == POLICY_ATTRIBUTES && i != policy->asides[aside] &&
            json_paths_wants_object(paths, i);
        if (holds_value && json_paths_key(paths, i, "type", 4) == JSON_NO_NODE)
            return false;
    }
    return true;
}

static void set_role(struct plan *plan, uint32_t node, enum plan_role role, size_t rule)
{
    if (node == JSON_NO_NODE)
        return;
    plan->nodes[node].role = (uint8_t)role;
    plan->nodes[node].rule = (uint16_t)rule;
}

/* Nodes that paths go through, and members that the policy does not name. */
static void set_steps(struct plan *plan, size_t named, enum plan_direction direction)
{
    const struct policy *policy = plan->policy;
    for (uint32_t i = 0; i < plan->count; i++) {
        struct plan_node *node = &plan->nodes[i];
        enum policy_aside aside = policy_aside_of(policy, i);
        node->root = policy_within(policy, policy->root, i);
        node->object = json_paths_wants_object(policy->paths, i);
        node->array = json_paths_wants_array(policy->paths, i);
        if (node->root)
            node->object = true;
        bool step = node->root || is_content(policy, i) || policy->named[aside];
        if (step && (node->object || node->array))
            node->role = PLAN_STEP;
        if (direction != PLAN_MASK || i < named)
            continue;
        bool other = json_paths_step(policy->paths, i) != JSON_STEP_KEY;
        if (aside != POLICY_CONTENT && other)
            node->role = PLAN_REMOVE;
        else if (other)
            node->role = policy->other == POLICY_DROP ? PLAN_REMOVE : PLAN_REFUSE;
    }
}

static void set_reserved(struct plan *plan, enum plan_direction direction)
{
    const struct policy *policy = plan->policy;
    set_role(plan, policy->pii, PLAN_PII, 0);
    set_role(plan, policy->pii_key, PLAN_PII_KEY, 0);
    set_role(plan, policy->error, PLAN_ERROR, 0);
    set_role(plan, policy->error_stage, PLAN_NONE, 0);
    set_role(plan, policy->sealed, PLAN_SEALED, 0);
    if (direction == PLAN_MASK) /* there is one already */
        set_role(plan, json_paths_other(policy->paths, policy->pii), PLAN_PII_OTHER, 0);
    for (enum policy_aside aside = POLICY_CONTENT + 1; aside < POLICY_ASIDES; aside++)
        if (direction == PLAN_MASK && !policy->named[aside])
            set_role(plan, policy->asides[aside], PLAN_REMOVE, 0);
}

static bool encode_key(const struct plan *plan, const struct policy_rule *rule,
    enum plan_direction direction, struct buf *key)
{
    if (rule->name == NULL)
        return true;
    size_t length = rule->name_length;
    const char *name = rule->name;
    if (direction == PLAN_UNMASK)
        name = json_paths_name(plan->policy->paths, rule->node, &length);
    return json_string_encode(key, name, length) == 0;
}

static bool set_rule(struct plan *plan, size_t number, enum plan_direction direction)
{
    struct plan_rule *entry = &plan->rules[number];
    const struct policy_rule *rule = entry->rule;
    const struct method *method = rule->method;
    uint32_t shown =
        rule->name != NULL ? rule->written : rule->node; /* where masked records have it */
    if (method->action == METHOD_KEEP ||
        (method->action == METHOD_DROP && direction == PLAN_UNMASK)) {
        set_role(plan, rule->node, PLAN_NONE, number);
        return true;
    }
    if (method->action == METHOD_DROP) {
        set_role(plan, rule->node, PLAN_REMOVE, number);
        return true;
    }
    plan->masking_rules++;
    if (direction == PLAN_UNMASK && !method->reversible) {
        set_role(plan, shown, PLAN_LEFT, number);
        return true;
    }
    if (direction == PLAN_MASK) {
        set_role(plan, rule->written, PLAN_TAKEN, number);
        set_role(plan, rule->node, PLAN_VALUE, number);
    } else {
        set_role(plan, rule->node, PLAN_TAKEN, number);
        set_role(plan, shown, PLAN_VALUE, number);
    }
    const struct method_use use = { plan->ring, rule->domain, rule->domain_length, rule->options };
    entry->state = method->open(&use);
    return entry->state != NULL && encode_key(plan, rule, direction, &entry->key);
}

struct plan *plan_new(const struct policy *policy, const struct keyring *ring,
    enum plan_direction direction)
{
    struct plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL)
        return NULL;
    plan->policy = policy;
    plan->ring = ring;
    size_t named = json_paths_count(policy->paths);
    plan->rules = calloc(policy->rule_count + 1, sizeof *plan->rules);
    if (plan->rules == NULL || (direction == PLAN_MASK && !add_others(policy)))
        goto fail;
    plan->count = json_paths_count(policy->paths);
    plan->nodes = calloc(plan->count, sizeof *plan->nodes);
    if (plan->nodes == NULL)
        goto fail;
    set_steps(plan, named, direction);
    set_reserved(plan, direction);
    for (size_t i = 0; i < policy->rule_count; i++) {
        plan->rules[i].rule = &policy->rules[i];
        plan->rules[i].method = policy->rules[i].method;
        buf_init(&plan->rules[i].key, SIZE_MAX);
        if (!set_rule(plan, i, direction))
            goto fail;
    }
    return plan;
fail:
    plan_free(plan);
    return NULL;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    for (size_t i = 0; plan->rules != NULL && i < plan->policy->rule_count; i++) {
        struct plan_rule *entry = &plan->rules[i];
        if (entry->method != NULL && entry->method->close != NULL)
            entry->method->close(entry->state);
        buf_free(&entry->key);
    }
    free(plan->rules);
    free(plan->nodes);
    free(plan);
}
