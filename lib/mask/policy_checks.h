#ifndef MASK_POLICY_CHECKS_H
#define MASK_POLICY_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "mask/policy.h"

/*
 * The lines of a policy that say what becomes of what it did not meet (pii-policy(5)):
 *
 *     unmatched seal | unmatched keep [when PATH VALUE ...]     (with "when" any number of times)
 *     near seal|keep
 *     detect KIND[,KIND ...] seal|redact                        (any number, each kind once)
 */

/* Whether a line that begins with this word is one of them. */
bool policy_checks_is(const struct policy_word *word);

/* Add one of ${count} words, at least one. 0, or -1 with ${error}, line ${number}. */
int policy_checks_add(struct policy *policy, const struct policy_word *words, size_t count,
    unsigned number, struct policy_error *error);

/* Append what is in force, defaults spelt out, a line each. */
void policy_checks_print(const struct policy *policy, struct buf *out);

#endif
