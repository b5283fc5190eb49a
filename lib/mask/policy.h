#ifndef MASK_POLICY_H
#define MASK_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/path.h"
#include "mask/method.h"
#include "mask/policy_error.h"

/*
 * Policies: the values of a record to mask, their methods and their new names (pii-policy(5)). This
 * is the model; mask/policy_rule.h adds to it and mask/policy_text.h reads and prints the text.
 *
 * A policy has its own set of paths: the reserved keys of a record, the root, and every path and
 * name in the policy. One scan of a line finds them all.
 */

enum { POLICY_MAX_RULES = 1000, POLICY_MAX_FILE = 256 * 1024 };

/*
 * Members of a record beside its content, which pass only by name. An attribute is an object with
 * its value under "value"; the others hold their values directly.
 */
enum policy_aside {
    POLICY_CONTENT, /* none of them */
    POLICY_ATTRIBUTES,
    POLICY_FIFO,
    POLICY_ENVELOPE,
    POLICY_ASIDES,
    POLICY_RECORD = POLICY_ASIDES /* any other member of the record that does not hold the root */
};

#define POLICY_NO_RULE SIZE_MAX

enum policy_other { POLICY_KEEP, POLICY_DROP, POLICY_QUARANTINE };

/* What becomes of a record in which a check finds something. */
enum policy_verdict { POLICY_SEAL, POLICY_PASS };

/* A value that lets an unmatched record pass. */
struct policy_when {
    char *path;
    uint32_t node;
    char **values; /* decoded */
    size_t *lengths;
    size_t count;
};

/* Checks of content that no rule matches (pii-policy(5)). */
struct policy_checks {
    enum policy_verdict unmatched;
    bool unmatched_given;
    struct policy_when *whens; /* exceptions from POLICY_SEAL */
    size_t when_count;
    enum policy_verdict near;
    bool near_given;
    unsigned detect_seal; /* disjoint sets of kinds (detect/detect.h) */
    unsigned detect_redact;
};

struct policy_rule {
    char *path; /* in its original spelling: ".a.b", "attributes.NAME", "record.NAME" */
    const struct method *method;
    char *name; /* the key to write, decoded; NULL: keep the key */
    size_t name_length;
    char *domain; /* decoded; empty when the method has no key */
    size_t domain_length;
    unsigned options[METHOD_MAX_OPTIONS]; /* those of the method */
    char *text;                           /* value of the text option; NULL: absent */
    enum policy_aside aside;
    bool optional; /* the rule may match nothing */
    uint32_t node; /* of the path; for an attribute its value, for keep and drop the whole of it */
    uint32_t written; /* of the name; JSON_NO_NODE without one */
    uint32_t by;      /* of the path option; JSON_NO_NODE without one */
    size_t by_rule;   /* the rule that masks the value there; POLICY_NO_RULE: none */
    unsigned line;
    unsigned column;
};

struct policy_require {
    char *path;
    uint32_t node;
};

struct policy {
    struct json_paths *paths;
    uint32_t own_nodes; /* of its lines and the reserved keys; compiling adds more behind them */
    char *root_path;
    uint32_t root;                  /* start of all paths */
    uint32_t top;                   /* the top-level key that holds it; JSON_ROOT for root "." */
    uint32_t sqs;                   /* reserved keys */
    uint32_t asides[POLICY_ASIDES]; /* none for POLICY_CONTENT */
    uint32_t pii;
    uint32_t pii_key;
    uint32_t error;
    uint32_t error_stage;
    uint32_t sealed;
    struct policy_rule *rules;
    size_t rule_count;
    struct policy_require *required;
    size_t require_count;
    enum policy_other other;
    bool other_given;
    bool named[POLICY_ASIDES]; /* a rule names one of its members */
    struct policy_checks checks;
};

/*
 * policy_new(root, error):
 * Make an empty policy for paths below ${root}, a path of keys such as ".body", or ".". Return NULL
 * with ${error}.
 */
struct policy *policy_new(const char *root, struct policy_error *error);
void policy_free(struct policy *policy); /* NULL is fine */

/* Return the prefix of paths into it: "attributes."; for POLICY_RECORD "record", before ".NAME". */
const char *policy_prefix(enum policy_aside aside);

/* Return true when a rule removes or replaces values. */
static inline bool policy_hides(const struct policy_rule *rule)
{
    return rule->method->action != METHOD_KEEP;
}

/* Return the member aside that ${node} is, or is in. */
enum policy_aside policy_aside_of(const struct policy *policy, uint32_t node);

/*
 * Return true when ${node} is in a member of the record without a meaning of its own that does not
 * hold the root.
 */
bool policy_is_beside(const struct policy *policy, uint32_t node);

/* Return the first path that ends at or goes through ${node}, in the policy's spelling, or NULL. */
const char *policy_path_through(const struct policy *policy, uint32_t node);

/* Return true when ${node} is ${above} or below it. */
bool policy_within(const struct policy *policy, uint32_t node, uint32_t above);

/*
 * Return true when ${node}, not the record itself, is or is in a member with a meaning of its own.
 */
bool policy_is_reserved(const struct policy *policy, uint32_t node);

/* Return the child of ${above} that is ${node} or holds it; ${node} must be below ${above}. */
uint32_t policy_child_of(const struct policy *policy, uint32_t node, uint32_t above);

/*
 * For mask/policy_rule.h: return a copy with a NUL behind it, or NULL; and free the memory of a
 * rule.
 */
char *policy_copy(const char *text, size_t length);
void policy_free_rule(struct policy_rule *rule);

#endif
