#include <stdlib.h>
#include <string.h>

#include "json/path_text.h"
#include "mask/policy.h"
#include "record/reserved.h"

/* ---- making and freeing ---------------------------------------------------------------------- */

char *policy_copy(const char *text, size_t length)
{
    char *made = malloc(length + 1);
    if (made == NULL)
        return NULL;
    if (length > 0)
        memcpy(made, text, length);
    made[length] = '\0';
    return made;
}

static uint32_t add_key(struct json_paths *paths, uint32_t parent, const char *name)
{
    return parent == JSON_NO_NODE ? parent : json_paths_key(paths, parent, name, strlen(name));
}

/*
 * Add the reserved keys, but not the body: with the root "." it is content like any other member.
 */
static bool add_reserved(struct policy *policy)
{
    struct json_paths *paths = policy->paths;
    policy->sqs = reserved_node(paths, RESERVED_SQS);
    policy->asides[POLICY_ATTRIBUTES] = reserved_node(paths, RESERVED_ATTRIBUTES);
    policy->asides[POLICY_FIFO] = reserved_node(paths, RESERVED_FIFO);
    policy->asides[POLICY_ENVELOPE] = reserved_node(paths, RESERVED_ENVELOPE);
    policy->pii = reserved_node(paths, RESERVED_PII);
    policy->pii_key = add_key(paths, policy->pii, "key");
    policy->error = reserved_node(paths, RESERVED_ERROR);
    policy->error_stage = add_key(paths, policy->error, "stage");
    policy->sealed = reserved_node(paths, RESERVED_SEALED);
    return policy->sqs != JSON_NO_NODE && policy->asides[POLICY_ATTRIBUTES] != JSON_NO_NODE &&
        policy->asides[POLICY_FIFO] != JSON_NO_NODE &&
        policy->asides[POLICY_ENVELOPE] != JSON_NO_NODE && policy->pii_key != JSON_NO_NODE &&
        policy->error_stage != JSON_NO_NODE && policy->sealed != JSON_NO_NODE;
}

const char *policy_prefix(enum policy_aside aside)
{
    static const char *const prefixes[] = {
        [POLICY_CONTENT] = "",
        [POLICY_ATTRIBUTES] = "attributes.",
        [POLICY_FIFO] = "fifo.",
        [POLICY_ENVELOPE] = "envelope.",
        [POLICY_RECORD] = "record",
    };
    return prefixes[aside];
}

bool policy_is_beside(const struct policy *policy, uint32_t node)
{
    return !policy_within(policy, node, policy->root) &&
        !policy_within(policy, policy->root, node) && !policy_is_reserved(policy, node);
}

enum policy_aside policy_aside_of(const struct policy *policy, uint32_t node)
{
    enum policy_aside aside = POLICY_ASIDES - 1;
    while (aside > POLICY_CONTENT && !policy_within(policy, node, policy->asides[aside]))
        aside--;
    return aside;
}

uint32_t policy_child_of(const struct policy *policy, uint32_t node, uint32_t above)
{
    while (json_paths_parent(policy->paths, node) != above)
        node = json_paths_parent(policy->paths, node);
    return node;
}

bool policy_is_reserved(const struct policy *policy, uint32_t node)
{
    uint32_t top = policy_child_of(policy, node, JSON_ROOT);
    return top == policy->sqs || policy_aside_of(policy, top) != POLICY_CONTENT ||
        top == policy->pii || top == policy->error || top == policy->sealed;
}

static enum policy_cause set_root(struct policy *policy, const char *root, size_t *error_at)
{
    struct json_paths *paths = policy->paths;
    *error_at = 0;
    policy->root = json_paths_add(paths, JSON_ROOT, root, strlen(root), error_at);
    if (policy->root == JSON_NO_NODE)
        return *error_at == SIZE_MAX ? POLICY_MEMORY : POLICY_ROOT;
    policy->top = JSON_ROOT;
    if (policy->root == JSON_ROOT)
        return POLICY_OK;
    for (uint32_t node = policy->root; node != JSON_ROOT; node = json_paths_parent(paths, node))
        if (json_paths_step(paths, node) != JSON_STEP_KEY)
            return POLICY_ROOT;
    policy->top = policy_child_of(policy, policy->root, JSON_ROOT);
    return policy_is_reserved(policy, policy->root) ? POLICY_ROOT : POLICY_OK;
}

struct policy *policy_new(const char *root, struct policy_error *error)
{
    size_t error_at = 0;
    enum policy_cause cause = POLICY_MEMORY;
    struct policy *policy = calloc(1, sizeof *policy);
    if (policy == NULL)
        goto fail;
    policy->paths = json_paths_new();
    policy->root_path = policy_copy(root, strlen(root));
    if (policy->paths == NULL || policy->root_path == NULL || !add_reserved(policy))
        goto fail;
    cause = set_root(policy, root, &error_at);
    if (cause == POLICY_OK)
        return policy;
fail:
    policy_free(policy);
    const struct policy_word word = { NULL, 0, (unsigned)error_at + 1 };
    policy_error_set(error, cause, 0, &word);
    return NULL;
}

void policy_free_rule(struct policy_rule *rule)
{
    free(rule->path);
    free(rule->name);
    free(rule->domain);
    free(rule->text);
}

static void free_when(struct policy_when *when)
{
    for (size_t i = 0; i < when->count; i++)
        free(when->values[i]);
    free(when->values);
    free(when->lengths);
    free(when->path);
}

void policy_free(struct policy *policy)
{
    if (policy == NULL)
        return;
    for (size_t i = 0; i < policy->rule_count; i++)
        policy_free_rule(&policy->rules[i]);
    for (size_t i = 0; i < policy->require_count; i++)
        free(policy->required[i].path);
    for (size_t i = 0; i < policy->checks.when_count; i++)
        free_when(&policy->checks.whens[i]);
    free(policy->checks.whens);
    free(policy->rules);
    free(policy->required);
    json_paths_free(policy->paths);
    free(policy->root_path);
    free(policy);
}

bool policy_within(const struct policy *policy, uint32_t node, uint32_t above)
{
    while (node != above && node != JSON_ROOT)
        node = json_paths_parent(policy->paths, node);
    return node == above;
}

const char *policy_path_through(const struct policy *policy, uint32_t node)
{
    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy_within(policy, policy->rules[i].node, node))
            return policy->rules[i].path;
    for (size_t i = 0; i < policy->require_count; i++)
        if (policy_within(policy, policy->required[i].node, node))
            return policy->required[i].path;
    return NULL;
}
