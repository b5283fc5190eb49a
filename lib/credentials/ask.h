#ifndef CREDENTIALS_ASK_H
#define CREDENTIALS_ASK_H

#include "aws/credentials.h"
#include "base/buf.h"
#include "credentials/request.h"
#include "http/http.h"

/* One request to who gives credentials, waited for, with its answer held where it can be wiped. */
struct credentials_ask {
    struct http_request http; /* method, URL, headers, body, connect_ms, total_ms, direct */
    unsigned tries;           /* 1 to 5 */
    const char *who;          /* for messages: "the container's credentials endpoint" */
    struct buf answer;        /* set; at most CREDENTIALS_ASK_MAXIMUM */
};

enum { CREDENTIALS_ASK_MAXIMUM = 64 << 10 };

/*
 * credentials_ask_run(exchange, request, error):
 * Send it; again, up to ${tries} times with pauses of up to a second, when the network fails or the
 * answer is 429 or 5xx. AWS_OK: there is an answer of another status, in http.status. AWS_TEMPORARY
 * after the last try, http.outcome and http.sent telling of it; AWS_SETTING for what a
 * further try would not mend; AWS_STOPPED. The answer is to be freed in any case.
 */
enum aws_cause credentials_ask_run(struct credentials_ask *exchange,
    const struct credentials_request *request, struct aws_error *error);

/*
 * credentials_ask_read_file(name, out):
 * The content of a file that holds a token, of 1 to CREDENTIALS_ASK_MAXIMUM bytes, without blanks
 * and newlines at its end, as a C string in ${out}, which is to be wiped by the caller in any case.
 * 0, or -1 with errno.
 */
int credentials_ask_read_file(const char *name, struct buf *out);

void credentials_ask_free(struct credentials_ask *exchange); /* wipes the answer */

#endif
