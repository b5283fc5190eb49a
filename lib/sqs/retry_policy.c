#include "sqs/retry_policy.h"

uint64_t retry_policy_limit(const struct retry_policy *policy, enum aws_cause cause)
{
    bool believed = policy->no_queue_later && !policy->succeeded;
    if (cause == AWS_TEMPORARY)
        return policy->retry_ms;
    if (cause != AWS_NO_QUEUE || believed)
        return 0;
    return policy->no_queue_ms < policy->retry_ms ? policy->no_queue_ms : policy->retry_ms;
}

bool retry_policy_reports(struct retry_policy *policy, const struct call *call, bool third)
{
    enum aws_cause cause = call->error.cause;
    bool *told = call->unreadable ? &policy->told_unreadable : &policy->told_no_queue;
    if (cause == AWS_OK) {
        policy->succeeded = true;
        policy->told_no_queue = false;
        return false;
    }
    if (retry_policy_limit(policy, cause) == 0)
        return false;
    if (!call->unreadable && cause != AWS_NO_QUEUE)
        return third;
    bool first = !*told;
    *told = true;
    return first;
}
