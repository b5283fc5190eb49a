#ifndef MASK_NEAR_H
#define MASK_NEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"
#include "mask/compiled.h"

/*
 * Members close to the rules of a policy (pii-policy(5), "near"): their keys are those of hiding
 * rules, in another spelling or elsewhere. Null and empty values do not count, nor does content
 * that the policy names.
 */
struct near;

struct near *near_new(const struct compiled *compiled); /* NULL when memory runs out */
void near_free(struct near *near);                      /* wipes; NULL is fine */

/* A record with a match of role COMPILED_NEAR, after a first look at its values. */
struct near_record {
    const char *text;
    const struct json_matches *matches;
    uint64_t serial; /* equals ${found} of the rules with a value in the record */
    bool masked;     /* masked before: dropped members leave no trace */
};

enum near_result {
    NEAR_NOTHING,
    NEAR_SPELLING,  /* the key of a rule in another spelling */
    NEAR_VALUE,     /* the key elsewhere, with a value masked in this record, or a personal one */
    NEAR_ELSEWHERE, /* the key elsewhere, while its rule found nothing */
    NEAR_FAILED     /* out of memory */
};

/*
 * near_check(near, record, path):
 * Return the first result, another spelling before all others, with the path of its rule in the
 * policy's spelling.
 */
enum near_result near_check(struct near *near, const struct near_record *record, const char **path);

#endif
