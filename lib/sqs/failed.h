#ifndef SQS_FAILED_H
#define SQS_FAILED_H

#include <stdint.h>

#include "sqs/call.h"

/* Failed attempts of calls, counted by cause. */
enum failed_kind {
    FAILED_THROTTLED,
    FAILED_TEMPORARY,
    FAILED_EXPIRED,
    FAILED_SKEWED,
    FAILED_IDENTITY,
    FAILED_DENIED,
    FAILED_NO_QUEUE,
    FAILED_REFUSED, /* and any other cause */
    FAILED_KINDS
};

struct failed {
    uint64_t counts[FAILED_KINDS];
};

/* Return the word for a kind, as used in a label. */
const char *failed_word(enum failed_kind kind);

/* Count an attempt that returned with this cause; AWS_OK is fine. */
void failed_count(struct failed *failed, const struct call *call, enum aws_cause cause);

#endif
