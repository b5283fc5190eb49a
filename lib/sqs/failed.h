#ifndef SQS_FAILED_H
#define SQS_FAILED_H

#include <stdint.h>

#include "sqs/call.h"

/* Attempts of calls that failed, counted by why. */
enum failed_kind {
    FAILED_THROTTLED,
    FAILED_TEMPORARY,
    FAILED_EXPIRED,
    FAILED_SKEWED,
    FAILED_IDENTITY,
    FAILED_DENIED,
    FAILED_NO_QUEUE,
    FAILED_REFUSED, /* and what else there may be */
    FAILED_KINDS
};

struct failed {
    uint64_t counts[FAILED_KINDS];
};

/* A word for it, as a label has it. */
const char *failed_word(enum failed_kind kind);

/* An attempt has come back with this cause, AWS_OK too. */
void failed_count(struct failed *failed, const struct call *call, enum aws_cause cause);

#endif
