#include "sqs/patience.h"

uint64_t patience_with(const struct patience *patience, enum aws_cause cause)
{
    bool believed = patience->no_queue_later && !patience->succeeded;
    if (cause == AWS_TEMPORARY)
        return patience->retry_ms;
    if (cause != AWS_NO_QUEUE || believed)
        return 0;
    return patience->no_queue_ms < patience->retry_ms ? patience->no_queue_ms : patience->retry_ms;
}

bool patience_tells(struct patience *patience, const struct call *call, bool third)
{
    enum aws_cause cause = call->error.cause;
    bool *told = call->unreadable ? &patience->told_unreadable : &patience->told_no_queue;
    if (cause == AWS_OK) {
        patience->succeeded = true;
        patience->told_no_queue = false;
        return false;
    }
    if (patience_with(patience, cause) == 0)
        return false;
    if (!call->unreadable && cause != AWS_NO_QUEUE)
        return third;
    bool first = !*told;
    *told = true;
    return first;
}
