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
 * Policies: which values of a record are masked, how, and under which name (pii-policy(5)). This is
 * the model; mask/policy_rule.h adds to it and mask/policy_text.h reads and prints the text.
 *
 * A policy holds its own set of paths: the reserved keys of a record, the root, every path it names
 * and every name it writes, so that one scan of a line finds them all.
 */

enum { POLICY_MAX_RULES = 1000, POLICY_MAX_FILE = 256 * 1024 };

/*
 * Members of a record beside its content, which pass only by name. An attribute is an object, with
 * its value under "value"; the others hold their values themselves.
 */
enum policy_aside {
    POLICY_CONTENT, /* none of them */
    POLICY_ATTRIBUTES,
    POLICY_FIFO,
    POLICY_ENVELOPE,
    POLICY_ASIDES,
    POLICY_RECORD = POLICY_ASIDES /* any other member of the record that the root is not in */
};

#define POLICY_NO_RULE SIZE_MAX

enum policy_other { POLICY_KEEP, POLICY_DROP, POLICY_QUARANTINE };

/* What becomes of a record in which a check finds something. */
enum policy_verdict { POLICY_SEAL, POLICY_PASS };

/* A value that lets a record pass in which nothing is to be masked. */
struct policy_when {
    char *path;
    uint32_t node;
    char **values; /* decoded */
    size_t *lengths;
    size_t count;
};

/* What the policy did not meet (pii-policy(5)). */
struct policy_checks {
    enum policy_verdict unmatched;
    bool unmatched_given;
    struct policy_when *whens; /* POLICY_SEAL, but for these */
    size_t when_count;
    enum policy_verdict near;
    bool near_given;
    unsigned detect_seal; /* sets of kinds (detect/detect.h), apart from each other */
    unsigned detect_redact;
};

struct policy_rule {
    char *path; /* as it was given: ".a.b", "attributes.NAME", "record.NAME" */
    const struct method *method;
    char *name; /* the key to write, decoded; NULL: the one that is there */
    size_t name_length;
    char *domain; /* decoded; empty when the method has no key */
    size_t domain_length;
    unsigned options[METHOD_MAX_OPTIONS]; /* those of the method */
    char *text;                           /* of the option that is a text; NULL: none given */
    enum policy_aside aside;
    bool optional;    /* no wonder if it finds nothing */
    uint32_t node;    /* of the path; of an attribute's value, or all of it for keep and drop */
    uint32_t written; /* of the name; JSON_NO_NODE without one */
    uint32_t by;      /* of the option that is a path; JSON_NO_NODE without one */
    size_t by_rule;   /* the rule that masks what is there; POLICY_NO_RULE: none */
    unsigned line;
    unsigned column;
};

struct policy_require {
    char *path;
    uint32_t node;
};

struct policy {
    struct json_paths *paths;
    char *root_path;
    uint32_t root;                  /* the value that paths are relative to */
    uint32_t top;                   /* the top-level key it is in; JSON_ROOT for root "." */
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
    bool named[POLICY_ASIDES]; /* a rule is about one of its members */
    struct policy_checks checks;
};

/*
 * policy_new(root, error):
 * An empty policy for paths below ${root}, a path of keys such as ".body", or ".". NULL with
 * ${error}.
 */
struct policy *policy_new(const char *root, struct policy_error *error);
void policy_free(struct policy *policy); /* NULL is fine */

/* What paths into it begin with: "attributes."; of POLICY_RECORD "record", before ".NAME". */
const char *policy_prefix(enum policy_aside aside);

/* Whether a rule takes values away, or replaces them. */
static inline bool policy_hides(const struct policy_rule *rule)
{
    return rule->method->action != METHOD_KEEP;
}

/* Which of the members aside ${node} is or is in. */
enum policy_aside policy_aside_of(const struct policy *policy, uint32_t node);

/* Whether ${node} is in a member of the record that has no meaning of its own, nor the root in it.
 */
bool policy_is_beside(const struct policy *policy, uint32_t node);

/* The policy's words for the first path that ends at or goes through ${node}; NULL: none. */
const char *policy_path_through(const struct policy *policy, uint32_t node);

/* Whether ${node} is ${above} or lies below it. */
bool policy_within(const struct policy *policy, uint32_t node, uint32_t above);

/* Whether ${node}, not the record itself, is or is in a member that has a meaning of its own. */
bool policy_is_reserved(const struct policy *policy, uint32_t node);

/* The child of ${above} that ${node}, which lies below it, is or is in. */
uint32_t policy_child_of(const struct policy *policy, uint32_t node, uint32_t above);

/* For mask/policy_rule.h: a copy with a NUL behind it, or NULL; and what a rule owns, given back.
 */
char *policy_copy(const char *text, size_t length);
void policy_free_rule(struct policy_rule *rule);

#endif
