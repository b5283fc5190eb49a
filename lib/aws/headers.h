#ifndef AWS_HEADERS_H
#define AWS_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/sign.h"
#include "base/buf.h"

/*
 * The headers of a request, put together and signed (aws/sign.h), for one attempt after the other.
 * What fails is told by headers_finish().
 */
enum { HEADERS_MOST = 5 };

struct headers {
    const char *list[HEADERS_MOST + 2]; /* "name: value", ended by NULL (http/http.h) */

    /* Its own. */
    const struct credentials *by;
    char date[SIGN_DATE_SIZE];
    struct buf lines[HEADERS_MOST + 1]; /* behind the list; the last is the signature's */
    struct sign_header named[HEADERS_MOST];
    size_t count;
    bool failed;
};

void headers_init(struct headers *headers); /* allocates nothing */
void headers_free(struct headers *headers); /* wipes: there may be a session token among them */

/*
 * headers_begin(headers, type, host, by, now_ms):
 * Begin anew with Content-Type and Host and, if they are to be signed, with the date and the
 * session token. ${by} (NULL: not signed) must stay until headers_finish().
 */
void headers_begin(struct headers *headers, const char *type, const char *host,
    const struct credentials *by, uint64_t now_ms);

/* One more: ${name} in lower case, and after the last one's in their order. */
void headers_add(struct headers *headers, const char *name, const char *value);

/* Set the list, signed for a request that says all but date and headers. 0, or -1. */
int headers_finish(struct headers *headers, const struct sign_request *request);

#endif
