#ifndef CREDENTIALS_ASK_H
#define CREDENTIALS_ASK_H

#include "aws/credentials.h"
#include "base/buf.h"
#include "credentials/request.h"
#include "http/http.h"

/* One blocking request to a source of credentials. Its answer is held where it can be wiped. */
struct credentials_ask {
    struct http_request http; /* method, URL, headers, body, connect_ms, total_ms, direct */
    unsigned tries;           /* 1 to 5 */
    const char *who;          /* for messages: "the container's credentials endpoint" */
    struct buf answer;        /* set; at most CREDENTIALS_ASK_MAXIMUM */
};

enum { CREDENTIALS_ASK_MAXIMUM = 64 << 10 };

/*
 * credentials_ask_run(ask, request, error):
 * Send it, up to ${tries} times with pauses of up to a second, while the network fails or the
 * answer is 429 or 5xx. AWS_OK: there is an answer with any other status, in http.status.
 * AWS_TEMPORARY: the last try failed; see http.outcome and http.sent. AWS_SETTING: a retry would
 * not help. AWS_STOPPED: stop_fd of ${request} is readable. AWS_NO_MEMORY: out of memory or
 * descriptors. Free the answer in each case.
 */
enum aws_cause credentials_ask_run(struct credentials_ask *ask,
    const struct credentials_request *request, struct aws_error *error);

/*
 * credentials_ask_read_file(name, out):
 * Read a token file of 1 to CREDENTIALS_ASK_MAXIMUM bytes, without blanks and newlines at its end,
 * as a C string in ${out}. The caller wipes ${out} in each case. Return 0, or -1 with errno.
 */
int credentials_ask_read_file(const char *name, struct buf *out);

void credentials_ask_free(struct credentials_ask *ask); /* wipes the answer */

#endif
