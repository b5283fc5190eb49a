#include "base/msg.h"
#include "visibility.h"

enum { USUAL_S = 30 };

enum aws_cause visibility_of_queue(struct sqs *sqs, unsigned *seconds, struct aws_error *error)
{
    struct call call = { .operation = CALL_QUEUE_ATTRIBUTES };
    enum aws_cause cause = sqs_run(sqs, &call, true);
    if (cause != AWS_OK && cause != AWS_DENIED && cause != AWS_REFUSED) {
        *error = call.error;
        return cause;
    }
    if (cause != AWS_OK || !call.has_visibility_timeout) {
        call.visibility_timeout_s = USUAL_S;
        msg_warn("cannot read the visibility timeout of the queue; using %u s", USUAL_S);
    }
    *seconds = call.visibility_timeout_s;
    return AWS_OK;
}
