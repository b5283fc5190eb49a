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

/* A call's way to the server and back: one request after the other, its headers, its answer. */

struct transfer {
    struct call *call;
    struct http_request request;
    struct answer answer;
    struct buf url;
    struct buf body;
    struct headers headers;
    size_t path_at;     /* where the path begins in the URL */
    uint64_t signed_ms; /* the time that the request's date says */
    /* For the client's decisions. */
    uint64_t number;           /* of the request at hand, counted by the client */
    uint64_t failing_since_ms; /* monotonic; 0: it is not */
    bool probe;
    bool last;           /* no attempt after this one */
    bool reloaded;       /* credentials, for its sake */
    unsigned generation; /* of the credentials that it was signed with */
    bool corrected;      /* the clock, for its sake */
    struct transfer *next;
};

struct transfer *transfer_new(void); /* NULL: out of memory */
void transfer_free(struct transfer *transfer);

/* Where requests go. */
struct transfer_target {
    const char *origin; /* "https://sqs.eu-west-1.amazonaws.com" */
    const char *host;   /* as the Host header has it */
    const char *base;   /* the endpoint's own path, "" for most */
    enum protocol protocol;
    const char *region;
    const char *queue_url;
    const char *queue_path;
};

/* Make the request of a call: URL and body. 0, or -1: out of memory. */
int transfer_load(struct transfer *transfer, struct call *call,
    const struct transfer_target *target);

/*
 * Make the headers of the next attempt, signed by ${credentials} (NULL: not signed) with the time
 * ${now_ms}, and make the answer ready for it. 0, or -1: out of memory.
 */
int transfer_sign(struct transfer *transfer, const struct transfer_target *target,
    const struct credentials *credentials, uint64_t now_ms);

#endif
