#ifndef KMS_OPEN_KMS_FAILURE_H
#define KMS_OPEN_KMS_FAILURE_H

#include "aws/error.h"
#include "http/http.h"
#include "kms_message.h"

/* Why a request to KMS brought nothing, as a cause with its words. */
struct kms_failure_place {
    const char *host; /* who was asked */
    const char *file; /* what was to be opened or sealed */
};

/* A request that ended without an answer: ${outcome} is not HTTP_OK. Returns the cause. */
enum aws_cause kms_failure_transfer(struct aws_error *error, const struct kms_failure_place *place,
    const struct http_request *request);

/*
 * An answer of a status but 200. ${name} is the error that it names, "" for none. Returns the
 * cause.
 */
enum aws_cause kms_failure_answer(struct aws_error *error, const struct kms_failure_place *place,
    const struct kms_message *message, unsigned status, const char *name);

#endif
