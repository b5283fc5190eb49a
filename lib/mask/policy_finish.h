#ifndef MASK_POLICY_FINISH_H
#define MASK_POLICY_FINISH_H

#include "mask/policy.h"

/* Check what depends on all rules, and complete the policy. Return 0, or -1 with ${error}. */
int policy_finish(struct policy *policy, struct policy_error *error);

#endif
