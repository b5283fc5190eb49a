#include <stdlib.h>

#include "cover.h"
#include "json/path.h"
#include "mask/policy.h"
#include "mask/policy_file.h"
#include "mask/policy_finish.h"

struct cover {
    struct policy *policy;
    const struct policy_rule **rules; /* indexed by node of the policy's paths */
    size_t count;                     /* number of nodes in the policy itself */
};

static int read_policy(struct cover *cover, const char *file, const char *root,
    struct failure *failure)
{
    struct policy_error error = { .cause = POLICY_OK };
    cover->policy = policy_new(root, &error);
    if (cover->policy == NULL)
        return failure_set(failure,
            policy_error_status(error.cause) == STATUS_CONFIG ? STATUS_USAGE : STATUS_INTERNAL,
            "option --root %.200s: %s", root, policy_error_text(error.cause));
    if (policy_file_read(cover->policy, file, &error) == 0 &&
        policy_finish(cover->policy, &error) == 0)
        return 0;
    return policy_error_report(&error, file, failure);
}

struct cover *cover_open(const char *file, const char *root, struct failure *failure)
{
    struct cover *cover = calloc(1, sizeof *cover);
    if (cover == NULL) {
        (void)failure_no_memory(failure);
        return NULL;
    }
    if (read_policy(cover, file, root, failure) != 0) {
        cover_close(cover);
        return NULL;
    }
    const struct policy *policy = cover->policy;
    cover->count = json_paths_count(policy->paths);
    cover->rules = calloc(cover->count, sizeof *cover->rules);
    if (cover->rules == NULL) {
        (void)failure_no_memory(failure);
        cover_close(cover);
        return NULL;
    }
    for (size_t i = 0; i < policy->rule_count; i++)
        cover->rules[policy->rules[i].node] = &policy->rules[i];
    return cover;
}

void cover_close(struct cover *cover)
{
    if (cover == NULL)
        return;
    policy_free(cover->policy);
    free(cover->rules);
    free(cover);
}

/*
 * Return the policy's node for the step to ${node}, below ${above}, or JSON_NO_NODE when there is
 * none.
 */
static uint32_t step(const struct cover *cover, const struct node *node, uint32_t above)
{
    struct json_paths *paths = cover->policy->paths;
    uint32_t next = JSON_NO_NODE;
    if (node->step == TREE_KEY)
        next = json_paths_key(paths, above, node->name, node->name_length);
    else if (node->step == TREE_EACH)
        next = json_paths_each(paths, above);
    return next < cover->count ? next : JSON_NO_NODE;
}

/*
 * Follow the path of ${node} from ${start} and set *rule to the rule found on the way, or NULL.
 * Return the last node.
 */
static uint32_t follow(const struct cover *cover, const struct node *node, uint32_t start,
    const struct policy_rule **rule)
{
    const struct node *steps[JSON_MAX_DEPTH + 2];
    size_t count = 0;
    uint32_t at = start;
    *rule = NULL;
    for (; node->step != TREE_ROOT; node = node->parent)
        steps[count++] = node;
    while (count > 0 && at != JSON_NO_NODE) {
        at = step(cover, steps[--count], at);
        if (at != JSON_NO_NODE && cover->rules[at] != NULL) {
            *rule = cover->rules[at];
            return at;
        }
    }
    return at;
}

/* Return true when the root is an array. */
static bool is_in_array(const struct node *node)
{
    while (node->parent->step != TREE_ROOT)
        node = node->parent;
    return node->step == TREE_EACH;
}

/* Return the node of the policy where the paths of a part start. */
static uint32_t start_of(const struct policy *policy, enum records_part part)
{
    switch (part) {
    case RECORDS_ATTRIBUTES:
        return policy->asides[POLICY_ATTRIBUTES];
    case RECORDS_FIFO:
        return policy->asides[POLICY_FIFO];
    case RECORDS_ENVELOPE:
        return policy->asides[POLICY_ENVELOPE];
    case RECORDS_RECORD:
        return JSON_ROOT;
    default:
        return policy->root;
    }
}

const char *cover_of(struct cover *cover, enum records_part part, const struct node *node,
    unsigned personal)
{
    const struct policy *policy = cover->policy;
    const struct policy_rule *rule;
    const unsigned addresses = DETECT_BIT(DETECT_IPV4) | DETECT_BIT(DETECT_IPV6);
    unsigned detected = policy->checks.detect_seal | policy->checks.detect_redact;
    if ((detected & addresses) == addresses)
        detected |= DETECT_BIT(KEY_IP);
    if (part == RECORDS_ROOT && node->step == TREE_ROOT)
        return node->values > 0 ? "seal" : NULL;
    if (part == RECORDS_ROOT && is_in_array(node))
        return "seal";
    uint32_t at = follow(cover, node, start_of(policy, part), &rule);
    if (rule != NULL)
        return rule->method->name;
    if (at != JSON_NO_NODE &&
        (json_paths_wants_object(policy->paths, at) || json_paths_wants_array(policy->paths, at)))
        return NULL; /* on the way to a named path */
    bool named = at != JSON_NO_NODE;
    if (!named && part != RECORDS_ROOT && part != RECORDS_RECORD)
        return "drop";
    if (!named && policy->other != POLICY_KEEP)
        return policy->other == POLICY_DROP ? "drop" : "quarantine";
    return personal != 0 && (personal & (~detected | node->hidden)) == 0 ? "detect" : NULL;
}
