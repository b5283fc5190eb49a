#ifndef KMS_OPEN_KMS_EXCHANGE_H
#define KMS_OPEN_KMS_EXCHANGE_H

#include <stdint.h>

#include "aws/error.h"
#include "base/buf.h"
#include "kms_message.h"
#include "kms_service.h"

/*
 * One message to KMS and its answer, as the SQS programs have it (sqs/sqs.h): signed, repeated
 * while throttling, a fault of the server or of the network last, with capped exponential back-off
 * and full jitter; a wrong clock corrected once by the server's Date, credentials that have expired
 * fetched once more.
 */
struct kms_exchange {
    const struct kms_service *service;
    const char *profile;                               /* --profile, or NULL */
    bool anonymous;                                    /* sign nothing */
    uint64_t retry_ms;                                 /* how long what fails is repeated */
    const char *file;                                  /* for messages: what is opened or sealed */
    void (*on_trouble)(const struct aws_error *error); /* at the third failure in a row */

    /* Set when it ends. */
    char key_id[KMS_MESSAGE_KEY_SIZE]; /* of the key at work, "" where nobody said it */
    uint64_t requests;
};

/*
 * kms_exchange_run(exchange, message, out, error):
 * Append to ${out}, which has room for all of it and is wiped by the caller, what was opened or
 * sealed. What was sent and received is wiped, in memory of ours: libraries have had it in theirs.
 */
enum aws_cause kms_exchange_run(struct kms_exchange *exchange, const struct kms_message *message,
    struct buf *out, struct aws_error *error);

#endif
