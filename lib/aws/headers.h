#ifndef AWS_HEADERS_H
#define AWS_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/sign.h"
#include "base/buf.h"

/*
 * Makes and signs the headers of a request (aws/sign.h), for one attempt after the other.
 * headers_finish() reports failures.
 */
enum { HEADERS_MOST = 5 };

struct headers {
    const char *list[HEADERS_MOST + 2]; /* "name: value", then NULL (http/http.h) */

    /* Private. */
    const struct credentials *by;
    char date[SIGN_DATE_SIZE];
    struct buf lines[HEADERS_MOST + 1]; /* storage of the list; the last is the signature */
    struct sign_header named[HEADERS_MOST];
    size_t count;
    bool failed;
};

void headers_init(struct headers *headers); /* allocates nothing */
void headers_free(struct headers *headers); /* wipes: there may be a session token */

/*
 * headers_begin(headers, type, host, by, now_ms):
 * Begin again with Content-Type and Host and, when signed, with date and session token. ${by}
 * (NULL: unsigned) must stay until headers_finish().
 */
void headers_begin(struct headers *headers, const char *type, const char *host,
    const struct credentials *by, uint64_t now_ms);

/* Add a header; ${name} is in lower case and follows the earlier names in their order. */
void headers_add(struct headers *headers, const char *name, const char *value);

/* Set the list, signed for a request with all fields set except date and headers. Return 0 or
 * -1. */
int headers_finish(struct headers *headers, const struct sign_request *request);

#endif
