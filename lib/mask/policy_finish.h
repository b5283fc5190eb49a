#ifndef MASK_POLICY_FINISH_H
#define MASK_POLICY_FINISH_H

#include "mask/policy.h"

/* What can be judged only when all rules are there; then the policy is complete. 0, or -1. */
int policy_finish(struct policy *policy, struct policy_error *error);

#endif
