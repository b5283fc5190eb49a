#ifndef MASK_NEAR_H
#define MASK_NEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"
#include "mask/compiled.h"

/*
 * Members that a policy all but names (pii-policy(5), "near"): their keys are those of rules that
 * hide values, spelt in another way or standing elsewhere. What is null or empty is none of them,
 * nor what is in a value that the policy names.
 */
struct near;

struct near *near_new(const struct compiled *compiled); /* NULL: out of memory */
void near_free(struct near *near);                      /* wipes; NULL is fine */

/* A record that has a match of role COMPILED_NEAR, and whose values have been looked at. */
struct near_record {
    const char *text;
    const struct json_matches *matches;
    uint64_t serial; /* in ${found} of the rules that have a value in it */
    bool masked;     /* it has been masked before: of what was dropped nothing shows */
};

enum near_result {
    NEAR_NOTHING,
    NEAR_SPELLING,  /* the key of a rule, spelt in another way */
    NEAR_VALUE,     /* the key elsewhere, and a value masked in this record, or a personal one */
    NEAR_ELSEWHERE, /* the key elsewhere, while its rule has found nothing */
    NEAR_FAILED     /* out of memory */
};

/*
 * near_check(near, record, path):
 * The first that is found, one of another spelling before all others, with the policy's words for
 * the path of its rule.
 */
enum near_result near_check(struct near *near, const struct near_record *record, const char **path);

#endif
