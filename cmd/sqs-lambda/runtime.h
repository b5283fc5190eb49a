#ifndef SQS_LAMBDA_RUNTIME_H
#define SQS_LAMBDA_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/failure.h"

/* The runtime API of AWS Lambda (Developer Guide, "Using the Lambda runtime API"), version
 * 2018-06-01. */
struct runtime;

enum { RUNTIME_ID_SIZE = 256 };

struct runtime_invocation {
    char id[RUNTIME_ID_SIZE];
    uint64_t deadline_ms; /* since 1970 */
    struct buf event;
};

/* ${api} is HOST:PORT, as AWS_LAMBDA_RUNTIME_API has it. NULL: ${failure}. */
struct runtime *runtime_open(const char *api, struct failure *failure);
void runtime_close(struct runtime *runtime); /* NULL is fine */

enum runtime_result {
    RUNTIME_OK,
    RUNTIME_STOPPED, /* a stop is requested */
    RUNTIME_FAILED   /* ${failure} */
};

/* The next invocation; the wait for it has no end, as the process is frozen meanwhile. */
enum runtime_result runtime_next(struct runtime *runtime, struct runtime_invocation *invocation,
    struct failure *failure);

/* What the invocation is answered with. 0, or -1: ${failure}. */
int runtime_answer(struct runtime *runtime, const char *id, const struct buf *answer,
    struct failure *failure);

/*
 * runtime_error(runtime, id, type, message, failure):
 * The invocation failed as a whole: all of its messages will come again. ${type} is a short stable
 * word, ${message} words for people. 0, or -1: ${failure}.
 */
int runtime_error(struct runtime *runtime, const char *id, const char *type, const char *message,
    struct failure *failure);

#endif
