#ifndef MASK_REQUIRED_H
#define MASK_REQUIRED_H

#include <stdbool.h>

#include "json/scan.h"
#include "mask/policy.h"

/*
 * required_lacking(policy, matches, masked):
 * Return the first required path that a record lacks, or NULL. Every place that could have the
 * value must have it, not null, and there must be one such place. ${masked}: values have the names
 * that masking gave them, and those that masking removes are not required.
 */
const char *required_lacking(const struct policy *policy, const struct json_matches *matches,
    bool masked);

#endif
