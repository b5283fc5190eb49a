#ifndef PII_SCAN_DRAFT_H
#define PII_SCAN_DRAFT_H

#include "base/buf.h"
#include "records.h"

/*
 * draft_policy(out, records):
 * Append a policy (pii-policy(5)) that hides all that is likely personal, with a comment on each
 * rule; shares and numbers, never a value. 0, or -1: out of memory.
 */
int draft_policy(struct buf *out, struct records *records);

#endif
