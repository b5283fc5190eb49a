#ifndef AWS_SIGN_H
#define AWS_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "base/buf.h"

/*
 * AWS Signature Version 4, of a POST request without a query:
 *
 *     POST /path HTTP/1.1
 *     content-type: …               each given header is signed
 *     host: …
 *     x-amz-date: 20261121T090000Z
 *     Authorization: AWS4-HMAC-SHA256 Credential=ID/20261121/REGION/SERVICE/aws4_request,
 *         SignedHeaders=content-type;host;x-amz-date, Signature=HEX
 *
 * libcurl could sign, but its older versions send a second x-amz-date beside ours, so that no clock
 * could be corrected, and keep copies of the secret.
 */
struct sign_header {
    const char *name;  /* lower case */
    const char *value; /* without outer or doubled blanks */
};

enum { SIGN_DATE_SIZE = 17 };
void sign_date(uint64_t time_ms, char date[SIGN_DATE_SIZE]); /* "20261121T090000Z" */

struct sign_request {
    const char *region;
    const char *service;
    const char *date;                  /* from sign_date(); also among the headers */
    const char *path;                  /* as sent; "" means "/" */
    const struct sign_header *headers; /* sorted by name */
    size_t count;
    const void *body;
    size_t body_length;
};

/* Append the value of the Authorization header. Return 0 or -1. */
int sign_authorize(struct buf *out, const struct credentials *credentials,
    const struct sign_request *request);

/*
 * A GET of "/" without a body that is signed in its query, so that the URL alone is valid for
 * ${seconds}: "Action=…&X-Amz-Algorithm=…&…&X-Amz-Signature=HEX". The parameters come first, as in
 * URLs of botocore; their names must be sorted, and before "X-Amz-".
 */
struct sign_parameter {
    const char *name;
    const char *value; /* not encoded yet */
};

struct sign_query {
    const char *region;
    const char *service;
    const char *date; /* from sign_date() */
    const char *host; /* value of the Host header: lower case, with the port unless it is 443 */
    unsigned seconds;
    const struct sign_parameter *parameters;
    size_t count;
};

/* Append the query, without "?". Return 0 or -1. */
int sign_query(struct buf *out, const struct credentials *credentials,
    const struct sign_query *query);

#endif
