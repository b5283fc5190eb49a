#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "redrive.h"

void redrive_print(struct sqs *sqs, struct pull_result *result)
{
    struct call call = { .operation = CALL_QUEUE_ATTRIBUTES, .attributes = CALL_REDRIVE };
    if (sqs_run(sqs, &call, true) != AWS_OK) {
        result->error = call.error;
        return;
    }
    struct out *out = out_open(STDOUT_FILENO);
    if (out == NULL) {
        result->output_error = errno;
        return;
    }
    if (call.redrive_policy[0] != '\0') {
        (void)out_write(out, call.redrive_policy,
            strlen(call.redrive_policy)); /* out_close() reports it */
        (void)out_write(out, "\n", 1);
    }
    if (out_close(out) != 0)
        result->output_error = errno;
}
