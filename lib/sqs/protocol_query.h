#ifndef SQS_PROTOCOL_QUERY_H
#define SQS_PROTOCOL_QUERY_H

#include "base/buf.h"
#include "sqs/call.h"

/* Append the body of a call's request in the query protocol (aws/form.h). */
void protocol_query_write(struct buf *out, const struct call *call, const char *queue_url);

#endif
