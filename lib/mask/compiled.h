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
 * A compiled policy: it and a key ring made ready for one direction, so that the work on a record
 * is to look up each match of json_scan() by its node and do what stands there. All key schedules
 * are in it.
 */

enum compiled_direction { COMPILED_MASK, COMPILED_UNMASK };

enum compiled_role {
    COMPILED_NONE,   /* nothing to do: a path that is only required, or asked for by "when" */
    COMPILED_KEPT,   /* a value that passes because the policy names it */
    COMPILED_STEP,   /* paths go on below it: it has to be what they want */
    COMPILED_VALUE,  /* a value to mask or to unmask */
    COMPILED_TAKEN,  /* the name that this value will get: nothing may stand there */
    COMPILED_LEFT,   /* unmasking: a value whose method cannot be undone */
    COMPILED_DROP,   /* a value that a rule takes away */
    COMPILED_REMOVE, /* a member that does not pass */
    COMPILED_REFUSE, /* a member that the policy does not name, where that is an error */
    COMPILED_NEAR,   /* a member whose key is like that of rules that hide values */
    COMPILED_SQS,    /* the reserved keys */
    COMPILED_PII,
    COMPILED_PII_KEY,
    COMPILED_PII_OTHER, /* a member of pii that has no business there */
    COMPILED_ERROR,
    COMPILED_SEALED
};

struct compiled_node {
    uint8_t role;  /* enum compiled_role */
    bool object;   /* COMPILED_STEP: wants an object */
    bool array;    /* COMPILED_STEP: wants an array */
    bool root;     /* the root, or on the way to it */
    uint16_t rule; /* of COMPILED_VALUE, _TAKEN, _LEFT, _DROP; of _NEAR the first of them */
};

/*
 * Whether what is in a match of the role is decided: it goes away, is named, or is carried as it
 * is. All else passes in clear unless something is found in it.
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

/* COMPILED_STEP: whether the match is what paths go on in. */
static inline bool compiled_fits(const struct compiled_node *node, const struct json_match *match)
{
    return (match->kind == JSON_OBJECT && node->object) ||
        (match->kind == JSON_ARRAY && node->array);
}

struct compiled_rule {
    const struct policy_rule *rule;
    const struct method *method;
    const struct method_work *work; /* NULL: the method replaces no value */
    void *state;                    /* of the method; NULL when this direction has no use for it */
    struct buf key;   /* the key to write, as a JSON string; empty: the one that is there */
    uint64_t seen;    /* serial number of the last record that had the member; */
    uint64_t found;   /* and of the last in which it was not null */
    uint64_t missing; /* records that were masked without it */
    bool met;         /* there was one */
    const char *name; /* the last key of its path, decoded; the policy's */
    size_t name_length;
    uint32_t near; /* the next rule whose key is like this one's; COMPILED_NO_RULE: the last */
};
#define COMPILED_NO_RULE UINT32_MAX

struct compiled {
    const struct policy *policy;
    const struct keyring *ring;
    struct compiled_node *nodes; /* by number of the node */
    size_t count;
    struct compiled_rule *rules; /* those of the policy */
    size_t masking_rules;        /* how many of them replace a value */
    size_t hiding_rules;         /* how many replace or drop one */
};

/*
 * compiled_new(policy, ring, direction):
 * Compile a finished policy, whose paths it may add to; both must outlive it. NULL: no
 * memory, or OpenSSL failed.
 */
struct compiled *compiled_new(const struct policy *policy, const struct keyring *ring,
    enum compiled_direction direction);
void compiled_free(struct compiled *compiled); /* wipes; NULL is fine */

#endif
