#ifndef KMS_OPEN_KMS_FAILURE_H
#define KMS_OPEN_KMS_FAILURE_H

#include "aws/error.h"
#include "http/http.h"
#include "kms_message.h"

/* Describes why a request to KMS failed, with its cause. */
struct kms_failure_place {
    const char *host; /* host of KMS */
    const char *file; /* the file to open or seal */
};

/*
 * Set the error of a request without an answer: request->outcome is not HTTP_OK. Return the cause.
 */
enum aws_cause kms_failure_transfer(struct aws_error *error, const struct kms_failure_place *place,
    const struct http_request *request);

/*
 * Set the error of an answer with a status other than 200. ${name} is its error name, "" for none.
 * Return the cause.
 */
enum aws_cause kms_failure_answer(struct aws_error *error, const struct kms_failure_place *place,
    const struct kms_message *message, unsigned status, const char *name);

#endif
