#ifndef AWS_CREDENTIALS_HTTP_H
#define AWS_CREDENTIALS_HTTP_H

#include "aws/credentials.h"
#include "base/buf.h"
#include "http/http.h"

/* One request to who gives credentials, waited for, with its answer held where it can be wiped. */
struct credentials_http {
    struct http_request http; /* method, URL, headers, body, connect_ms, total_ms, direct */
    unsigned tries;           /* 1 to 5 */
    const char *who;          /* for messages: "the container's credentials endpoint" */
    struct buf answer;        /* set; at most CREDENTIALS_HTTP_MAXIMUM */
};

enum { CREDENTIALS_HTTP_MAXIMUM = 64 << 10 };

/*
 * credentials_http_run(exchange, request, error):
 * Send it; again, up to ${tries} times with pauses of up to a second, when the network fails or the
 * answer is 429 or 5xx. AWS_OK: there is an answer of another status, in http.status. AWS_TEMPORARY
 * after the last try, http.outcome and http.sent telling of it; AWS_SETTING for what a
 * further try would not mend; AWS_STOPPED. The answer is to be freed in any case.
 */
enum aws_cause credentials_http_run(struct credentials_http *exchange,
    const struct credentials_request *request, struct aws_error *error);

/*
 * credentials_http_read_file(name, out):
 * The content of a file that holds a token, of 1 to CREDENTIALS_HTTP_MAXIMUM bytes, without blanks
 * and newlines at its end, as a C string in ${out}, which is to be wiped by the caller in any case.
 * 0, or -1 with errno.
 */
int credentials_http_read_file(const char *name, struct buf *out);

void credentials_http_free(struct credentials_http *exchange); /* wipes the answer */

#endif
