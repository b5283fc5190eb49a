#ifndef PII_SCAN_ALIKE_H
#define PII_SCAN_ALIKE_H

#include <stdbool.h>

#include "tree.h"

/*
 * Paths without a finding whose key is that of a proposed rule, in this or another spelling: the
 * check "near" of a policy seals records for the values there. See pii-policy(5).
 */
struct alike;

struct alike *alike_new(void); /* NULL: out of memory */
void alike_free(struct alike *alike);

/* Add the key of the rule for a path. Return 0, or -1 when memory runs out. */
int alike_add(struct alike *alike, const struct node *node);

/* Return the node of the last key of a path. */
const struct node *alike_key(const struct node *node);

/*
 * Return true when "near" would find values of this path: its key is that of a rule in another
 * spelling, or values there or below are of a personal kind.
 */
bool alike_is_near(const struct alike *alike, struct node *node);

/* Return true when such a path, here or below, has values of a personal kind. */
bool alike_is_personal(const struct alike *alike, struct node *node);

#endif
