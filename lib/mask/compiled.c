#include <stdlib.h>

#include "json/string.h"
#include "json/watch.h"
#include "mask/compiled.h"
#include "mask/method_table.h"

/* Return true when ${node} is in the part of the record that paths name. */
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
 * Return true for the end of a path that only require, unmatched keep when or by= mention. A value
 * there passes; the members of an object or array are such as the policy does not name.
 */
static bool is_mentioned(const struct policy *policy, uint32_t node)
{
    if (policy->other == POLICY_KEEP || node == policy->root || !is_content(policy, node) ||
        json_paths_wants_object(policy->paths, node) || json_paths_wants_array(policy->paths, node))
        return false;
    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy->rules[i].node == node || policy->rules[i].written == node)
            return false;
    return true;
}

/*
 * Watch unnamed members where the policy decides about them. These are members of the record, of
 * the objects on the way to the root and of the root, array elements, and members aside. Return
 * false when memory runs out.
 */
static bool add_others(const struct policy *policy, const bool *mentioned)
{
    struct json_paths *paths = policy->paths;
    if (json_paths_other(paths, policy->pii) == JSON_NO_NODE)
        return false;
    for (uint32_t i = 0; i < policy->own_nodes; i++) {
        enum policy_aside aside = policy_aside_of(policy, i);
        bool above = policy_within(policy, policy->root, i);
        bool judged = above || is_content(policy, i) || policy_is_beside(policy, i);
        if (!(judged && policy->other != POLICY_KEEP) && !policy->named[aside])
            continue;
        /* The root is an object even where no path enters it. */
        bool object = json_paths_wants_object(paths, i) || above || mentioned[i];
        bool array = json_paths_wants_array(paths, i) || mentioned[i];
        if (object && json_paths_other(paths, i) == JSON_NO_NODE)
            return false;
        if (array && json_paths_each(paths, i) == JSON_NO_NODE)
            return false;
        bool holds_value = aside == POLICY_ATTRIBUTES && i != policy->asides[aside] &&
            json_paths_wants_object(paths, i);
        if (holds_value && json_paths_key(paths, i, "type", 4) == JSON_NO_NODE)
            return false;
    }
    return true;
}

static void set_role(struct compiled *compiled, uint32_t node, enum compiled_role role, size_t rule)
{
    if (node == JSON_NO_NODE)
        return;
    compiled->nodes[node].role = (uint8_t)role;
    compiled->nodes[node].rule = (uint16_t)rule;
}

/* Set the roles of nodes on the way of paths, and of members that the policy does not name. */
static void set_steps(struct compiled *compiled, enum compiled_direction direction)
{
    const struct policy *policy = compiled->policy;
    for (uint32_t i = 0; i < compiled->count; i++) {
        struct compiled_node *node = &compiled->nodes[i];
        enum policy_aside aside = policy_aside_of(policy, i);
        node->root = policy_within(policy, policy->root, i);
        node->object = json_paths_wants_object(policy->paths, i);
        node->array = json_paths_wants_array(policy->paths, i);
        if (node->root)
            node->object = true;
        if (json_paths_step(policy->paths, i) == JSON_STEP_WATCHED)
            continue;
        bool step = node->root || is_content(policy, i) || policy_is_beside(policy, i) ||
            policy->named[aside];
        if (step && (node->object || node->array))
            node->role = COMPILED_STEP;
        if (direction != COMPILED_MASK || i < policy->own_nodes)
            continue;
        bool other = json_paths_step(policy->paths, i) != JSON_STEP_KEY;
        if (aside != POLICY_CONTENT && other)
            node->role = COMPILED_REMOVE;
        else if (other)
            node->role = policy->other == POLICY_DROP ? COMPILED_REMOVE : COMPILED_REFUSE;
    }
}

static void set_reserved(struct compiled *compiled, enum compiled_direction direction)
{
    const struct policy *policy = compiled->policy;
    set_role(compiled, policy->sqs, COMPILED_SQS, 0);
    set_role(compiled, policy->pii, COMPILED_PII, 0);
    set_role(compiled, policy->pii_key, COMPILED_PII_KEY, 0);
    set_role(compiled, policy->error, COMPILED_ERROR, 0);
    set_role(compiled, policy->error_stage, COMPILED_NONE, 0);
    set_role(compiled, policy->sealed, COMPILED_SEALED, 0);
    if (direction == COMPILED_MASK) /* only masking adds this node */
        set_role(compiled, json_paths_other(policy->paths, policy->pii), COMPILED_PII_OTHER, 0);
    for (enum policy_aside aside = POLICY_CONTENT + 1; aside < POLICY_ASIDES; aside++)
        if (direction == COMPILED_MASK && !policy->named[aside])
            set_role(compiled, policy->asides[aside], COMPILED_REMOVE, 0);
}

static bool encode_key(const struct compiled *compiled, const struct policy_rule *rule,
    enum compiled_direction direction, struct buf *key)
{
    if (rule->name == NULL)
        return true;
    size_t length = rule->name_length;
    const char *name = rule->name;
    if (direction == COMPILED_UNMASK)
        name = json_paths_name(compiled->policy->paths, rule->node, &length);
    return json_string_encode(key, name, length) == 0;
}

static bool set_rule(struct compiled *compiled, size_t number, enum compiled_direction direction)
{
    struct compiled_rule *entry = &compiled->rules[number];
    const struct policy_rule *rule = entry->rule;
    const struct method *method = rule->method;
    uint32_t shown =
        rule->name != NULL ? rule->written : rule->node; /* the node in masked records */
    if (method->action == METHOD_KEEP) {
        set_role(compiled, rule->node, COMPILED_KEPT, number);
        return true;
    }
    compiled->hiding_rules++;
    if (method->action == METHOD_DROP) {
        bool here = direction == COMPILED_MASK;
        set_role(compiled, rule->node, here ? COMPILED_DROP : COMPILED_NONE, number);
        return true;
    }
    compiled->masking_rules++;
    if (direction == COMPILED_UNMASK && !method->reversible) {
        set_role(compiled, shown, COMPILED_LEFT, number);
        return true;
    }
    if (direction == COMPILED_MASK) {
        set_role(compiled, rule->written, COMPILED_TAKEN, number);
        set_role(compiled, rule->node, COMPILED_VALUE, number);
    } else {
        set_role(compiled, rule->node, COMPILED_TAKEN, number);
        set_role(compiled, shown, COMPILED_VALUE, number);
    }
    const struct method_use use = { compiled->ring, rule->domain, rule->domain_length,
        rule->options, rule->text };
    entry->state = entry->work->open(&use);
    return entry->state != NULL && encode_key(compiled, rule, direction, &entry->key);
}

/* Set the name of a rule: the last key of its path, or the name of an attribute. */
static void set_name(const struct compiled *compiled, struct compiled_rule *entry)
{
    const struct policy *policy = compiled->policy;
    enum policy_aside aside = policy_aside_of(policy, entry->rule->node);
    uint32_t node = entry->rule->node;
    if (aside != POLICY_CONTENT)
        node = policy_child_of(policy, node, policy->asides[aside]);
    while (json_paths_step(policy->paths, node) != JSON_STEP_KEY)
        node = json_paths_parent(policy->paths, node);
    entry->name = json_paths_name(policy->paths, node, &entry->name_length);
    entry->near = COMPILED_NO_RULE;
}

/* Watch the keys of hiding rules in the whole record. Return false when memory runs out. */
static bool add_watched(const struct compiled *compiled)
{
    const struct policy *policy = compiled->policy;
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct compiled_rule *entry = &compiled->rules[i];
        if (policy_hides(entry->rule) &&
            json_paths_watch(policy->paths, entry->name, entry->name_length) == JSON_NO_NODE)
            return false;
    }
    return true;
}

/* Set the role of watched members: those that no path names, and those that no rule names. */
static void set_watched(struct compiled *compiled)
{
    const struct policy *policy = compiled->policy;
    for (size_t i = policy->rule_count; i-- > 0;) {
        struct compiled_rule *entry = &compiled->rules[i];
        if (!policy_hides(entry->rule))
            continue;
        uint32_t node = json_paths_watched(policy->paths, entry->name, entry->name_length);
        if (compiled->nodes[node].role == COMPILED_NEAR)
            entry->near = compiled->nodes[node].rule;
        set_role(compiled, node, COMPILED_NEAR, i);
    }
    for (uint32_t i = 0; i < compiled->count; i++) {
        bool named = json_paths_step(policy->paths, i) == JSON_STEP_KEY &&
            compiled->nodes[i].role == COMPILED_NONE &&
            policy_aside_of(policy, i) == POLICY_CONTENT;
        size_t length;
        const char *name = named ? json_paths_name(policy->paths, i, &length) : NULL;
        uint32_t node = named ? json_paths_watched(policy->paths, name, length) : JSON_NO_NODE;
        if (node != JSON_NO_NODE)
            set_role(compiled, i, COMPILED_NEAR, compiled->nodes[node].rule);
    }
}

struct compiled *compiled_new(const struct policy *policy, const struct keyring *ring,
    enum compiled_direction direction)
{
    struct compiled *compiled = calloc(1, sizeof *compiled);
    if (compiled == NULL)
        return NULL;
    compiled->policy = policy;
    compiled->ring = ring;
    const uint32_t named = policy->own_nodes;
    bool *mentioned = calloc(named, sizeof *mentioned);
    bool mask = direction == COMPILED_MASK;
    bool near = mask && policy->checks.near == POLICY_SEAL;
    compiled->rules = calloc(policy->rule_count + 1, sizeof *compiled->rules);
    if (compiled->rules == NULL || mentioned == NULL)
        goto fail;
    for (uint32_t i = 0; i < named; i++)
        mentioned[i] = is_mentioned(policy, i);
    for (size_t i = 0; i < policy->rule_count; i++) {
        compiled->rules[i].rule = &policy->rules[i];
        compiled->rules[i].method = policy->rules[i].method;
        compiled->rules[i].work = method_table_work(policy->rules[i].method);
        buf_init(&compiled->rules[i].key, SIZE_MAX);
        set_name(compiled, &compiled->rules[i]);
    }
    if ((mask && !add_others(policy, mentioned)) || (near && !add_watched(compiled)))
        goto fail;
    compiled->count = json_paths_count(policy->paths);
    compiled->nodes = calloc(compiled->count, sizeof *compiled->nodes);
    if (compiled->nodes == NULL)
        goto fail;
    set_steps(compiled, direction);
    set_reserved(compiled, direction);
    for (size_t i = 0; i < policy->rule_count; i++)
        if (!set_rule(compiled, i, direction))
            goto fail;
    for (uint32_t i = 0; i < named; i++)
        if (mentioned[i]) /* of any kind */
            set_role(compiled, i, COMPILED_NONE, 0);
    if (near)
        set_watched(compiled);
    free(mentioned);
    return compiled;
fail:
    free(mentioned);
    compiled_free(compiled);
    return NULL;
}

void compiled_free(struct compiled *compiled)
{
    if (compiled == NULL)
        return;
    for (size_t i = 0; compiled->rules != NULL && i < compiled->policy->rule_count; i++) {
        struct compiled_rule *entry = &compiled->rules[i];
        if (entry->work != NULL)
            entry->work->close(entry->state);
        buf_free(&entry->key);
    }
    free(compiled->rules);
    free(compiled->nodes);
    free(compiled);
}

bool compiled_looks_masked(const struct compiled_rule *rule, const char *text,
    const struct json_match *match, bool unknown, struct buf *scratch)
{
    const struct token_value value = token_value_of(text, match);
    if (token_is_nothing(match))
        return true;
    if (rule->work->made != NULL)
        return rule->work->made(rule->state, &value, scratch);
    return unknown &&
        rule->work->unmask(rule->state, KEYRING_NONE, &value, scratch, NULL) == TOKEN_NO_KEY_ID;
}
