#ifndef MASK_COMPILED_H
#define MASK_COMPILED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"
#include "mask/keyring.h"
#include "mask/method_work.h"
#include "mask/policy.h"

/*
 * A compiled policy: a policy and a key ring, prepared for one direction. Work on a record is then
 * a lookup of each match of json_scan() by its node. It holds all key schedules.
 */

enum compiled_direction { COMPILED_MASK, COMPILED_UNMASK };

enum compiled_role {
    COMPILED_NONE,   /* no action: a path that is only required, or used by "when" */
    COMPILED_KEPT,   /* a value that passes because the policy names it */
    COMPILED_STEP,   /* paths go on below it, so it must be of their kind */
    COMPILED_VALUE,  /* a value to mask or to unmask */
    COMPILED_TAKEN,  /* the name that a COMPILED_VALUE will get: no member may have it */
    COMPILED_LEFT,   /* unmasking: a value of an irreversible method */
    COMPILED_DROP,   /* a value that a rule removes */
    COMPILED_REMOVE, /* a member that does not pass */
    COMPILED_REFUSE, /* an unnamed member that makes the record an error */
    COMPILED_NEAR,   /* a member whose key resembles that of a hiding rule */
    COMPILED_SQS,    /* the reserved keys */
    COMPILED_PII,
    COMPILED_PII_KEY,
    COMPILED_PII_OTHER, /* a member of pii that must not be there */
    COMPILED_ERROR,
    COMPILED_SEALED
};

struct compiled_node {
    uint8_t role;  /* enum compiled_role */
    bool object;   /* COMPILED_STEP: must be an object */
    bool array;    /* COMPILED_STEP: must be an array */
    bool root;     /* the root, or on the way to it */
    uint16_t rule; /* of COMPILED_VALUE, _TAKEN, _LEFT, _DROP; for _NEAR the first rule */
};

/*
 * Return true when the role decides about the content of a match: it is removed, named, or carried
 * unchanged. Other content passes in clear unless a check finds something.
 */
static inline bool compiled_is_decided(const struct compiled_node *node)
{
    switch ((enum compiled_role)node->role) {
    case COMPILED_NONE:
    case COMPILED_STEP:
    case COMPILED_REFUSE:
    case COMPILED_NEAR:
    case COMPILED_PII_KEY:
    case COMPILED_PII_OTHER:
        return false;
    default:
        return true;
    }
}

/* Return true when the match has the kind that a COMPILED_STEP needs. */
static inline bool compiled_fits(const struct compiled_node *node, const struct json_match *match)
{
    return (match->kind == JSON_OBJECT && node->object) ||
        (match->kind == JSON_ARRAY && node->array);
}

struct compiled_rule {
    const struct policy_rule *rule;
    const struct method *method;
    const struct method_work *work; /* NULL: the method replaces no value */
    void *state;                    /* of the method; NULL when this direction does not need it */
    struct buf key;                 /* the key to write, as a JSON string; empty: keep the key */
    uint64_t seen;                  /* serial number of the last record with the member */
    uint64_t found;                 /* and of the last record where it was not null */
    uint64_t missing;               /* masked records without it */
    bool met;                       /* a value was found */
    const char *name;               /* last key of its path, decoded; owned by the policy */
    size_t name_length;
    uint32_t near; /* next rule with a similar key; COMPILED_NO_RULE: none */
};
#define COMPILED_NO_RULE UINT32_MAX

struct compiled {
    const struct policy *policy;
    const struct keyring *ring;
    struct compiled_node *nodes; /* indexed by node */
    size_t count;
    struct compiled_rule *rules; /* rules of the policy */
    size_t masking_rules;        /* number of rules that replace a value */
    size_t hiding_rules;         /* number of rules that replace or drop a value */
};

/*
 * compiled_new(policy, ring, direction):
 * Compile a finished policy; this adds paths to it. Policy and ring must outlive the result. Return
 * NULL when memory runs out or OpenSSL failed.
 */
struct compiled *compiled_new(const struct policy *policy, const struct keyring *ring,
    enum compiled_direction direction);
void compiled_free(struct compiled *compiled); /* wipes; NULL is fine */

/*
 * compiled_looks_masked(rule, text, match, unknown, scratch):
 * Return true when the rule's method can have made the value, or left it as null or "". Where
 * masked values look like clear ones, return ${unknown} for a value of their shape.
 */
bool compiled_looks_masked(const struct compiled_rule *rule, const char *text,
    const struct json_match *match, bool unknown, struct buf *scratch);

#endif
