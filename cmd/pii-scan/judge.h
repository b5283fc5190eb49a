#ifndef PII_SCAN_JUDGE_H
#define PII_SCAN_JUDGE_H

#include "tree.h"

/*
 * judge_personal(node):
 * The set of kinds (of enum inspect_kind too) that make the values of a path likely personal; none:
 * they are not. By how many values have a kind, and what the keys on the way to it say.
 */
unsigned judge_personal(const struct node *node);

#endif
