#ifndef PII_SCAN_JUDGE_H
#define PII_SCAN_JUDGE_H

#include "tree.h"

/*
 * judge_company(top):
 * Of what is called "name" and stands beside a first name, a birthday, an address to write to,
 * count what is like a name as one. For a root, once, at the end and before the judgement.
 */
void judge_company(struct node *top);

/*
 * judge_personal(node):
 * The set of kinds (of enum inspect_kind too) that make the values of a path likely personal; none:
 * they are not. By how many values have a kind, and what the keys on the way to it say.
 */
unsigned judge_personal(const struct node *node);

#endif
