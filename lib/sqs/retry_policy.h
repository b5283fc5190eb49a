#ifndef SQS_RETRY_POLICY_H
#define SQS_RETRY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/error.h"
#include "sqs/call.h"

/* How long a client goes on with what fails, and which failures are worth a word meanwhile. */
struct retry_policy {
    uint64_t retry_ms; /* for what is temporary */
    uint64_t
        no_queue_ms; /* while the queue is said not to exist; above retry_ms it counts as that */
    bool no_queue_later; /* only after a success, which shows that it has been there */

    /* Its own; zeroed at first. */
    bool succeeded;
    bool told_no_queue; /* since the last success */
    bool told_unreadable;
};

/* For how long a call may fail of this cause; 0: it is not repeated for it. */
uint64_t retry_policy_limit(const struct retry_policy *policy, enum aws_cause cause);

/*
 * retry_policy_reports(policy, call, third):
 * Whether to say what the call, just judged, failed of: the first answer that cannot be read, the
 * first that says the queue does not exist, and the third failure in a row of another kind
 * (${third}).
 */
bool retry_policy_reports(struct retry_policy *policy, const struct call *call, bool third);

#endif
