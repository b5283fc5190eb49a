#ifndef SQS_PROTOCOL_JSON_H
#define SQS_PROTOCOL_JSON_H

#include "base/buf.h"
#include "sqs/call.h"

/* Append the body of a call's request in AWS JSON 1.0. */
void protocol_json_write(struct buf *out, const struct call *call, const char *queue_url);

#endif
