#ifndef PII_SCAN_DRAFT_H
#define PII_SCAN_DRAFT_H

#include "base/buf.h"
#include "records.h"

/*
 * draft_policy(out, records):
 * Append a policy (pii-policy(5)) that hides all that is likely personal. A comment on each rule
 * gives shares and counts, never a value. Return 0, or -1 when memory runs out.
 */
int draft_policy(struct buf *out, struct records *records);

#endif
