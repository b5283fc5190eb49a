#ifndef PII_SCAN_SUGGEST_H
#define PII_SCAN_SUGGEST_H

#include "base/buf.h"
#include "records.h"

/*
 * suggest_policy(out, records):
 * Append a policy (pii-policy(5)) that hides all that is likely personal, with a comment on each
 * rule; shares and numbers, never a value. 0, or -1: no memory.
 */
int suggest_policy(struct buf *out, struct records *records);

#endif
