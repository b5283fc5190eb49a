#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/http_outcome.h"

/*
 * HTTP/1.1 requests, in parallel from one thread, over persistent connections. The program waits in
 * the engine, which also polls descriptors of the caller. An engine belongs to one thread; several
 * engines may run in parallel.
 *
 * TLS is always verified and redirects are never followed. Proxies are those of the environment, as
 * curl reads it (https_proxy, no_proxy). The answer goes only to the sink of the caller.
 */
struct http;

struct http_config {
    unsigned parallel;     /* parallel requests, 1 to 1000 */
    const char *ca_bundle; /* file of trusted certificates; NULL for those of the system */
    const char *agent;     /* User-Agent */
};

enum http_method {
    HTTP_POST,
    HTTP_GET, /* the body is not sent */
    HTTP_PUT  /* the same */
};

enum { HTTP_ERROR_NAME_SIZE = 128, HTTP_VALUE_SIZE = 256 };

/* A header of the answer that the caller needs. */
struct http_wanted {
    const char *name;
    char value[HTTP_VALUE_SIZE]; /* "" when missing or too long */
};

/*
 * A request, owned by the caller after http_next() returns it; until then url, headers and body
 * must not change. Zeroed members select the defaults.
 */
struct http_request {
    enum http_method method;
    const char *url;
    const char *const *headers; /* "Name: value", ended by NULL; with Host if it was signed */
    const void *body;
    size_t body_length;
    unsigned silence_s;  /* maximum silence of the server before HTTP_TIMEOUT, 1 to 3600; 0 for no
                            limit, also for any phase that total_ms does not limit */
    unsigned connect_ms; /* maximum time to connect; 0 for 10 seconds */
    unsigned total_ms;   /* maximum time in all; 0 for five minutes above silence_s */
    bool direct;         /* never through a proxy: the server is local */
    uint64_t maximum;    /* bytes of the body of the answer */
    /* Gets the body in pieces, for any status; must not call the engine. */
    void (*sink)(void *context, const char *data, size_t length);
    /* Called before each piece. When it returns true, the piece is held back from the sink and the
     * server stops sending soon, until it returns false in a later http_wait(). It must not call
     * the engine. NULL: hold nothing back. */
    bool (*held)(void *context);
    void *context;
    struct http_wanted *wanted; /* ${wanted_count} of them; their values are set with the outcome */
    size_t wanted_count;

    /* Set when it is returned. */
    enum http_outcome outcome;
    unsigned status;   /* 100 to 999; 0 without a status line */
    uint64_t received; /* bytes of the body */
    int64_t date_ms; /* the Date header, since 1970; 0 for none. Only for a status other than 200 */
    int system_error; /* errno behind the outcome, or 0 */
    /* The header x-amzn-query-error, else x-amzn-errortype; "" for neither. Only for a status other
     * than 200. */
    char error_name[HTTP_ERROR_NAME_SIZE];
    bool sent; /* a connection was open, and at least a part of the request was sent */

    /* Private. */
    void *transfer;
    struct http_request *next;
};

/* Return NULL with errno: EMFILE or ENFILE, else ENOMEM, also when curl cannot start. */
struct http *http_open(const struct http_config *config);
void http_close(struct http *http); /* cuts open requests; NULL is fine */

/* Return true when another request may be started. */
bool http_has_room(const struct http *http);

/* Start a request (there is room). Return 0, or -1 when memory runs out. The next http_wait() sends
 * the body. */
int http_start(struct http *http, struct http_request *request);

/*
 * http_wait(http, fds, count, timeout_ms):
 * Continue the transfers until one has ended, one of the ${count} descriptors is ready, or the time
 * has passed (-1: no limit). At most HTTP_FDS descriptors are allowed. Set revents as poll(2) does,
 * with POLLERR and POLLHUP, also for descriptors without requested events. Return 0, or -1 with
 * errno.
 */
enum { HTTP_FDS = 9 };
int http_wait(struct http *http, struct pollfd *fds, size_t count, int timeout_ms);

/* Cut a started request; http_next() will not return it. */
void http_cancel(struct http *http, struct http_request *request);

/* Return a request that has ended, or NULL. */
struct http_request *http_next(struct http *http);

#endif
