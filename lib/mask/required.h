#ifndef MASK_REQUIRED_H
#define MASK_REQUIRED_H

#include <stdbool.h>

#include "json/scan.h"
#include "mask/policy.h"

/*
 * required_lacking(policy, matches, masked):
 * Every place that could have a required value has to have it, not null, and there has to be one.
 * Return the first required path of which that is not so in a record, or NULL. ${masked}: values
 * stand under the names that masking gave them.
 */
const char *required_lacking(const struct policy *policy, const struct json_matches *matches,
    bool masked);

#endif
