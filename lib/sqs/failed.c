#include "sqs/failed.h"

const char *failed_word(enum failed_kind kind)
{
    static const char *const words[FAILED_KINDS] = { "throttled", "temporary", "expired", "skewed",
        "identity", "denied", "no-queue", "refused" };
    return words[kind];
}

static enum failed_kind kind_of(const struct call *call, enum aws_cause cause)
{
    switch (cause) {
    case AWS_TEMPORARY:
        return call->throttled ? FAILED_THROTTLED : FAILED_TEMPORARY;
    case AWS_EXPIRED:
        return FAILED_EXPIRED;
    case AWS_SKEWED:
        return FAILED_SKEWED;
    case AWS_IDENTITY:
        return FAILED_IDENTITY;
    case AWS_DENIED:
        return FAILED_DENIED;
    case AWS_NO_QUEUE:
        return FAILED_NO_QUEUE;
    default:
        return FAILED_REFUSED;
    }
}

void failed_count(struct failed *failed, const struct call *call, enum aws_cause cause)
{
    if (cause != AWS_OK)
        failed->counts[kind_of(call, cause)]++;
}
