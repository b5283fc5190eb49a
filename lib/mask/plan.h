#ifndef MASK_PLAN_H
#define MASK_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/*
 * A plan: a policy and a key ring made ready for one direction, so that the work on a record is to
 * look up each match of json_scan() by its node and do what stands there. All key schedules are in
 * it.
 */

enum plan_direction { PLAN_MASK, PLAN_UNMASK };

enum plan_role {
    PLAN_NONE,   /* nothing to do: a path that is kept or only required */
    PLAN_STEP,   /* paths go on below it: it has to be what they want */
    PLAN_VALUE,  /* a value to mask or to unmask */
    PLAN_TAKEN,  /* the name that this value will get: nothing may stand there */
    PLAN_LEFT,   /* unmasking: a value whose method cannot be undone */
    PLAN_REMOVE, /* a member that does not pass */
    PLAN_REFUSE, /* a member that the policy does not name, where that is an error */
    PLAN_PII,    /* the reserved keys */
    PLAN_PII_KEY,
    PLAN_PII_OTHER, /* a member of pii that has no business there */
    PLAN_ERROR,
    PLAN_SEALED
};

struct plan_node {
    uint8_t role;  /* enum plan_role */
    bool object;   /* PLAN_STEP: wants an object */
    bool array;    /* PLAN_STEP: wants an array */
    bool root;     /* the root, or on the way to it */
    uint16_t rule; /* of PLAN_VALUE, PLAN_TAKEN, PLAN_LEFT */
};

/* PLAN_STEP: whether the match is what paths go on in. */
static inline bool plan_fits(const struct plan_node *node, const struct json_match *match)
{
    return (match->kind == JSON_OBJECT && node->object) ||
        (match->kind == JSON_ARRAY && node->array);
}

struct plan_rule {
    const struct policy_rule *rule;
    const struct method *method;
    void *state;    /* of the method; NULL when this direction has no use for it */
    struct buf key; /* the key to write, as a JSON string; empty: the one that is there */
    uint64_t seen;  /* serial number of the last record that had a value */
};

struct plan {
    const struct policy *policy;
    const struct keyring *ring;
    struct plan_node *nodes; /* by number of the node */
    size_t count;
    struct plan_rule *rules; /* those of the policy */
    size_t masking_rules;    /* how many of them replace a value */
};

/*
 * plan_new(policy, ring, direction):
 * Make the plan of a finished policy, whose paths it may add to; both must outlive it. NULL: no
 * memory, or OpenSSL failed.
 */
struct plan *plan_new(const struct policy *policy, const struct keyring *ring,
    enum plan_direction direction);
void plan_free(struct plan *plan); /* wipes; NULL is fine */

#endif
