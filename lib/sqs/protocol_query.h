#ifndef AWS_PROTOCOL_QUERY_H
#define AWS_PROTOCOL_QUERY_H

#include "aws/call.h"
#include "base/buf.h"

/* Append the body of a call's request in the query protocol (aws/form.h); call_write() does. */
void protocol_query_write(struct buf *out, const struct call *call, const char *queue_url);

#endif
