#ifndef CREDENTIALS_NETWORK_H
#define CREDENTIALS_NETWORK_H

#include <stdio.h>

#include "fuzz.h"
#include "http/http.h"

/*
 * The engine of lib/http, with the input as its network. Each request is answered with the next
 * part of the input, in two pieces. The request is checked before, because data of one answer goes
 * into the next request. One file of a program includes this; the engine of lib/http is then not
 * linked.
 */
static struct fuzz_bytes network;
static size_t network_requests;

struct http {
    struct http_request *done;
};

/* No answer may put a line, a blank or another host into a request. */
static void network_check(const struct http_request *request)
{
    fuzz_require(
        strncmp(request->url, "http://", 7) == 0 || strncmp(request->url, "https://", 8) == 0);
    for (const char *at = request->url; *at != '\0'; at++)
        fuzz_require(*at > ' ' && *at <= '~');
    for (const char *const *header = request->headers; header != NULL && *header != NULL;
         header++) {
        fuzz_require(strchr(*header, ':') != NULL);
        for (const char *at = *header; *at != '\0'; at++)
            fuzz_require((unsigned char)*at >= ' ' && *at != 0x7f);
    }
    fuzz_require(request->body_length == 0 || request->body != NULL);
    fuzz_require(request->maximum > 0 && request->sink != NULL);
}

struct http *http_open(const struct http_config *config)
{
    (void)config;
    return calloc(1, sizeof(struct http));
}

void http_close(struct http *http)
{
    free(http);
}

bool http_has_room(const struct http *http)
{
    return http->done == NULL;
}

/* The first byte of an answer chooses its status and its date; statuses that cause a retry after a
 * pause are left out. */
int http_start(struct http *http, struct http_request *request)
{
    static const unsigned statuses[] = { 200, 200, 400, 401, 403, 404, 204, 302 };
    size_t length;
    network_requests++;
    network_check(request);
    uint8_t choice = fuzz_byte(&network);
    const char *text = fuzz_part(&network, &length);
    request->outcome = HTTP_OK;
    request->status = statuses[choice & 7];
    request->date_ms = (choice & 8) != 0 ? 1000 : 0;
    request->received = length;
    request->sent = true;
    request->system_error = 0;
    request->error_name[0] = '\0';
    if (length > request->maximum) {
        request->outcome = HTTP_TOO_BIG;
    } else {
        request->sink(request->context, text, length / 2);
        request->sink(request->context, text + length / 2, length - length / 2);
    }
    http->done = request;
    return 0;
}

int http_wait(struct http *http, struct pollfd *fds, size_t count, int timeout_ms)
{
    (void)http, (void)timeout_ms;
    for (size_t i = 0; i < count; i++)
        fds[i].revents = 0;
    return 0;
}

void http_cancel(struct http *http, struct http_request *request)
{
    (void)request;
    http->done = NULL;
}

struct http_request *http_next(struct http *http)
{
    struct http_request *request = http->done;
    http->done = NULL;
    return request;
}

const char *http_outcome_text(enum http_outcome outcome)
{
    return outcome == HTTP_OK ? "an answer" : "no answer";
}

#endif
