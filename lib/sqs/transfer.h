#ifndef SQS_TRANSFER_H
#define SQS_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/headers.h"
#include "base/buf.h"
#include "http/http.h"
#include "sqs/answer.h"
#include "sqs/call.h"

/* The transfer of a call: its requests, one after the other, with headers and answer. */

struct transfer {
    struct call *call;
    struct http_request request;
    struct answer answer;
    struct buf url;
    struct buf body;
    struct headers headers;
    size_t path_at;     /* start of the path in the URL */
    uint64_t signed_ms; /* the time in the date of the request */
    /* For decisions of the client. */
    uint64_t number;           /* of the current request, counted by the client */
    uint64_t failing_since_ms; /* monotonic; 0 when not failing */
    bool probe;
    bool last;           /* no further attempt */
    bool reloaded;       /* credentials were renewed for it */
    unsigned generation; /* of the credentials that signed it */
    bool corrected;      /* the clock was corrected for it */
    struct transfer *next;
};

struct transfer *transfer_new(void); /* NULL when memory runs out */
void transfer_free(struct transfer *transfer);

/* Target of requests. */
struct transfer_target {
    const char *origin; /* "https://sqs.eu-west-1.amazonaws.com" */
    const char *host;   /* as in the Host header */
    const char *base;   /* path of the endpoint, usually "" */
    enum protocol protocol;
    const char *region;
    const char *queue_url;
    const char *queue_path;
};

/* Make the request of a call: URL and body. Return 0, or -1 when memory or random bytes run out, or
 * other_queue_url is no URL. */
int transfer_load(struct transfer *transfer, struct call *call,
    const struct transfer_target *target);

/*
 * Make the headers of the next attempt, signed with ${credentials} (NULL: unsigned) at the time
 * ${now_ms}, and prepare its answer. Return 0, or -1 when memory runs out.
 */
int transfer_sign(struct transfer *transfer, const struct transfer_target *target,
    const struct credentials *credentials, uint64_t now_ms);

#endif
