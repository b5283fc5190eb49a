#ifndef PII_SCAN_JUDGE_H
#define PII_SCAN_JUDGE_H

#include "tree.h"

/*
 * judge_company(top):
 * Count name-like values under "name" as names when the key stands beside a first name, a birthday
 * or a contact address. Call it once for a root, after the last record and before the judgement.
 */
void judge_company(struct node *top);

/*
 * judge_personal(node):
 * Return the set of kinds (including bits of enum inspect_kind) that make the values of a path
 * likely personal, or 0. It depends on the number of values of each kind and on the keys of the
 * path.
 */
unsigned judge_personal(const struct node *node);

#endif
