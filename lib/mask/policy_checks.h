#ifndef MASK_POLICY_CHECKS_H
#define MASK_POLICY_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "mask/policy.h"

/*
 * The lines of a policy about content that no rule matches (pii-policy(5)):
 *
 *     unmatched seal | unmatched keep [when PATH VALUE ...]     (with "when" any number of times)
 *     near seal|keep
 *     detect KIND[,KIND ...] seal|redact                        (any number, each kind once)
 */

/* Return true when a line with this first word is one of them. */
bool policy_checks_is(const struct policy_word *word);

/* Add a line of ${count} words, at least one. Return 0, or -1 with ${error}, line ${number}. */
int policy_checks_add(struct policy *policy, const struct policy_word *words, size_t count,
    unsigned number, struct policy_error *error);

/* Append the settings in force, including defaults, one a line. */
void policy_checks_print(const struct policy *policy, struct buf *out);

#endif
