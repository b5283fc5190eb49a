#ifndef MASK_POLICY_RULE_H
#define MASK_POLICY_RULE_H

#include "mask/policy.h"

/* Adds lines to a policy, each checked against the earlier ones (pii-policy(5)). */

/* A rule as written; absent words have text NULL. */
struct policy_line {
    struct policy_word path; /* for a member aside only its NAME, for POLICY_RECORD ".NAME" */
    struct policy_word method;
    struct policy_word options[METHOD_MAX_OPTIONS]; /* NAME=VALUE, in any order */
    size_t option_count;
    struct policy_word name; /* decoded */
    struct policy_word domain;
    enum policy_aside aside;
    bool optional;
    unsigned line;
};

/* Add a rule. Return 0, or -1 with ${error}, whose line is that of ${line}. */
int policy_rule_add(struct policy *policy, const struct policy_line *line,
    struct policy_error *error);
/* Return the node of a path below the root, or JSON_NO_NODE with ${error}. */
uint32_t policy_rule_path(struct policy *policy, const struct policy_word *path, unsigned line,
    struct policy_error *error);

/* Add a path that every record must have. Return 0, or -1 with ${error}. */
int policy_rule_require(struct policy *policy, const struct policy_word *path, unsigned line,
    struct policy_error *error);

#endif
