#ifndef PII_SCAN_COVER_H
#define PII_SCAN_COVER_H

#include "base/failure.h"
#include "records.h"

/*
 * What a policy (pii-policy(5)) does with the paths of the records. It is read and nothing else:
 * there is no key here.
 */
struct cover;

/* Read the policy of ${file} for paths below ${root}. NULL with ${failure}. */
struct cover *cover_open(const char *file, const char *root, struct failure *failure);
void cover_close(struct cover *cover); /* NULL is fine */

/*
 * cover_of(cover, part, node, personal):
 * The method of the rule that names the path or an object or array around it, "keep" among them;
 * "drop" or "quarantine" by "other", or for a member that passes only by name; "seal" for a root
 * that is no object; "detect" if the policy detects all kinds of ${personal} (judge.h); or NULL: it
 * passes, and nothing names it.
 */
const char *cover_of(struct cover *cover, enum records_part part, const struct node *node,
    unsigned personal);

#endif
