#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * HTTP/1.1 requests, many at once from one thread, over connections that are kept. The engine's
 * wait is the program's wait: it watches the caller's own descriptors too. An engine belongs to one
 * thread; several engines may run side by side.
 *
 * TLS is always verified; redirects are never followed; proxies are those of the environment, as
 * curl reads it (https_proxy, no_proxy). What the server says goes to the caller's sink and nowhere
 * else.
 */
struct http;

struct http_config {
    unsigned parallel;     /* requests in flight at once, 1 to 1000 */
    const char *ca_bundle; /* file of trusted certificates; NULL: the system's */
    const char *agent;     /* User-Agent */
};

enum http_outcome {
    HTTP_OK,          /* a whole answer, whatever its status */
    HTTP_RESOLVE,     /* the host's name has no address */
    HTTP_CONNECT,     /* no connection */
    HTTP_TIMEOUT,     /* none in time, or the server fell silent */
    HTTP_BROKEN,      /* cut off, or what came is not HTTP */
    HTTP_TLS,         /* the handshake failed */
    HTTP_UNTRUSTED,   /* the server's certificate is not to be trusted */
    HTTP_CA_BUNDLE,   /* the file of trusted certificates cannot be used */
    HTTP_TOO_BIG,     /* the answer is over the maximum */
    HTTP_DESCRIPTORS, /* the process or the machine has too few; system_error says which */
    HTTP_NO_MEMORY
};

enum http_method {
    HTTP_POST,
    HTTP_GET, /* the body is not sent */
    HTTP_PUT  /* the same */
};

enum { HTTP_ERROR_NAME_SIZE = 128, HTTP_VALUE_SIZE = 256 };

/* A header of the answer that the caller wants to know. */
struct http_wanted {
    const char *name;
    char value[HTTP_VALUE_SIZE]; /* "": there is none, or it is longer */
};

/*
 * A request, the caller's until http_next() returns it; url, headers and body must stay as they
 * are for as long. Zeroed members are the usual choice.
 */
struct http_request {
    enum http_method method;
    const char *url;
    const char *const
        *headers; /* "Name: value", ended by NULL; Host among them where it was signed */
    const void *body;
    size_t body_length;
    unsigned silence_s;  /* how long the server may be silent before HTTP_TIMEOUT, 1 to 3600; 0: for
                            ever, as may be everything that total_ms does not bound */
    unsigned connect_ms; /* how long a connection may take; 0: 10 seconds */
    unsigned total_ms;   /* how long everything may take; 0: five minutes above silence_s */
    bool direct;         /* never by a proxy: the server is a neighbour */
    uint64_t maximum;    /* bytes of the answer's body */
    /* Gets the body in pieces, whatever the status; must not call the engine. */
    void (*sink)(void *context, const char *data, size_t length);
    /* Asked before each piece: true keeps it from the sink, and the server from sending much more,
     * until a later http_wait() is told false. It must not call the engine. NULL: never. */
    bool (*held)(void *context);
    void *context;
    struct http_wanted *wanted; /* ${wanted_count} of them, their values set with the outcome */
    size_t wanted_count;

    /* Set when it is returned. */
    enum http_outcome outcome;
    unsigned status;   /* 100 to 999, or 0 when no status line came */
    uint64_t received; /* bytes of body */
    int64_t date_ms;   /* the Date header, since 1970; 0: none. Only for a status but 200 */
    int system_error;  /* errno behind the outcome, or 0 */
    /* What the header x-amzn-query-error, else x-amzn-errortype, says; "": neither. Only for a
     * status but 200. */
    char error_name[HTTP_ERROR_NAME_SIZE];
    bool sent; /* there was a connection, and the request or a part of it left */

    /* The engine's own. */
    void *transfer;
    struct http_request *next;
};

/* NULL with errno: EMFILE or ENFILE, else ENOMEM, also where curl cannot start. */
struct http *http_open(const struct http_config *config);
void http_close(struct http *http); /* cuts what is in flight; NULL is fine */

/* Whether another request may be started. */
bool http_has_room(const struct http *http);

/* Start a request (there is room). 0, or -1: out of memory. The body leaves at the next
 * http_wait(). */
int http_start(struct http *http, struct http_request *request);

/*
 * http_wait(http, fds, count, timeout_ms):
 * Move the transfers on until one has ended, one of the ${count} descriptors (at most HTTP_FDS) is
 * ready, or the time is over (-1: none given). Sets revents as poll(2) does, POLLERR and POLLHUP
 * included, also for descriptors watched for no event. 0, or -1 with errno.
 */
enum { HTTP_FDS = 9 };
int http_wait(struct http *http, struct pollfd *fds, size_t count, int timeout_ms);

/* Cut a started request that has not been returned; it never will be. */
void http_cancel(struct http *http, struct http_request *request);

/* A request that has ended, or NULL. */
struct http_request *http_next(struct http *http);

/* A few words for an outcome: "no connection". */
const char *http_outcome_text(enum http_outcome outcome);

#endif
