#ifndef SQS_RETRY_POLICY_H
#define SQS_RETRY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/error.h"
#include "sqs/call.h"

/* How long a client retries failures, and which of them it reports meanwhile. */
struct retry_policy {
    uint64_t retry_ms; /* for temporary failures */
    /* while the queue does not exist; a value above retry_ms counts as retry_ms */
    uint64_t no_queue_ms;
    bool no_queue_later; /* only after a success, which shows that the queue existed */

    /* Private; zeroed at first. */
    bool succeeded;
    bool told_no_queue; /* since the last success */
    bool told_unreadable;
};

/* Return the milliseconds that a call may fail with this cause; 0 for no retry. */
uint64_t retry_policy_limit(const struct retry_policy *policy, enum aws_cause cause);

/*
 * retry_policy_reports(policy, call, third):
 * Return true when the failure of a call just judged must be reported. This is so for the first
 * unreadable answer, the first answer that the queue does not exist, and the third other failure in
 * a row (${third}).
 */
bool retry_policy_reports(struct retry_policy *policy, const struct call *call, bool third);

#endif
