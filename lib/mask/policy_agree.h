#ifndef MASK_POLICY_AGREE_H
#define MASK_POLICY_AGREE_H

#include "mask/policy.h"

/*
 * What rules have to agree on with others, when all are there: rules of one method and domain make
 * one token of one value, so that they have the same options "pad" and "canonical"; and what a
 * rule's "by" names is one value that comes back as it was, by a rule or without one. Sets each
 * rule's ${by_rule}. 0, or -1 with ${error}.
 */
int policy_agree(struct policy *policy, struct policy_error *error);

#endif
