#ifndef PII_SCAN_COVER_H
#define PII_SCAN_COVER_H

#include "base/failure.h"
#include "records.h"

/*
 * What a policy (pii-policy(5)) does with the paths of the records. Only the policy is read; no key
 * is needed.
 */
struct cover;

/* Read the policy in ${file} for paths below ${root}. Return NULL with ${failure} on failure. */
struct cover *cover_open(const char *file, const char *root, struct failure *failure);
void cover_close(struct cover *cover); /* NULL is fine */

/*
 * cover_of(cover, part, node, personal):
 * Return what the policy does with the path:
 * - the method of the rule that names it or an object or array around it, which may be "keep";
 * - "drop" or "quarantine", by "other", or for a member that only a rule lets pass;
 * - "seal", for a root that is no object;
 * - "detect", when the policy detects all kinds of ${personal} (judge.h), in every value;
 * - NULL when no rule names it and it passes.
 */
const char *cover_of(struct cover *cover, enum records_part part, const struct node *node,
    unsigned personal);

#endif
