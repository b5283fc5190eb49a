#ifndef KMS_OPEN_KMS_EXCHANGE_H
#define KMS_OPEN_KMS_EXCHANGE_H

#include <stdint.h>

#include "aws/error.h"
#include "base/buf.h"
#include "kms_message.h"
#include "kms_service.h"

/*
 * Sends one message to KMS and reads its answer, like the SQS programs (sqs/sqs.h). The request is
 * signed. Throttling and faults of the server or the network are retried with capped exponential
 * back-off and full jitter. The Date of the server corrects a wrong clock once; expired credentials
 * are renewed once.
 */
struct kms_exchange {
    const struct kms_service *service;
    const char *profile;                               /* --profile, or NULL */
    bool anonymous;                                    /* sign nothing */
    uint64_t retry_ms;                                 /* how long to retry failures */
    const char *file;                                  /* for messages: the file to open or seal */
    void (*on_failing)(const struct aws_error *error); /* at the third failure in a row */

    /* Set at the end. */
    char key_id[KMS_MESSAGE_KEY_SIZE]; /* of the key used; "" when unknown */
    uint64_t requests;
};

/*
 * kms_exchange_run(exchange, message, out, error):
 * Append the opened or sealed data to ${out}, which has room for all of it; the caller wipes
 * ${out}. Return AWS_OK, or the cause with ${error}. Sent and received data are wiped in our
 * memory, but not in that of libraries.
 */
enum aws_cause kms_exchange_run(struct kms_exchange *exchange, const struct kms_message *message,
    struct buf *out, struct aws_error *error);

#endif
