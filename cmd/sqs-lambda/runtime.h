#ifndef SQS_LAMBDA_RUNTIME_H
#define SQS_LAMBDA_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/failure.h"

/* A client of the runtime API of AWS Lambda (Developer Guide, "Using the Lambda runtime API"),
 * version 2018-06-01. */
struct runtime;

enum { RUNTIME_ID_SIZE = 256 };

struct runtime_invocation {
    char id[RUNTIME_ID_SIZE];
    uint64_t deadline_ms; /* since 1970 */
    struct buf event;     /* zeroed at first; each runtime_next() reuses it; the caller frees it */
};

/* Open a client; ${api} is HOST:PORT, as in AWS_LAMBDA_RUNTIME_API. Return NULL with ${failure}. */
struct runtime *runtime_open(const char *api, struct failure *failure);
void runtime_close(struct runtime *runtime); /* NULL is fine */

enum runtime_result {
    RUNTIME_OK,
    RUNTIME_STOPPED, /* a stop is requested */
    RUNTIME_FAILED   /* ${failure} */
};

/* Wait for the next invocation, without limit, as the process is frozen meanwhile. */
enum runtime_result runtime_next(struct runtime *runtime, struct runtime_invocation *invocation,
    struct failure *failure);

/* Answer the invocation. Return 0, or -1 with ${failure}. */
int runtime_answer(struct runtime *runtime, const char *id, const struct buf *answer,
    struct failure *failure);

/*
 * runtime_error(runtime, id, type, message, failure):
 * Fail the invocation as a whole: SQS delivers all of its messages again. ${type} is a short stable
 * word, ${message} is for people. Return 0, or -1 with ${failure}.
 */
int runtime_error(struct runtime *runtime, const char *id, const char *type, const char *message,
    struct failure *failure);

#endif
