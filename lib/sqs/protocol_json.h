#ifndef AWS_PROTOCOL_JSON_H
#define AWS_PROTOCOL_JSON_H

#include "aws/call.h"
#include "base/buf.h"

/* Append the body of a call's request in AWS JSON 1.0; call_write() does. */
void protocol_json_write(struct buf *out, const struct call *call, const char *queue_url);

#endif
