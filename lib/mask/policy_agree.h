#ifndef MASK_POLICY_AGREE_H
#define MASK_POLICY_AGREE_H

#include "mask/policy.h"

/*
 * Check the agreement of rules once all are there. Rules of one method and domain make one token of
 * one value, so their options "pad" and "canonical" must be equal. The "by" of a rule must name one
 * value that passes or can be restored. Set each rule's ${by_rule}. Return 0, or -1 with ${error}.
 */
int policy_agree(struct policy *policy, struct policy_error *error);

#endif
