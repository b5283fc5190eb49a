#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/stop.h"
#include "http/http.h"
#include "json/string.h"
#include "runtime.h"

enum {
    EVENT_MOST = 64 << 20, /* the limit of Lambda is a tenth of that */
    EVENT_KEPT = 8 << 20,
    POST_SILENCE_S = 10,
    POST_MS = 30000,
    URL_MOST = 1024
};

struct runtime {
    struct http *http;
    struct buf base; /* "http://HOST:PORT/2018-06-01/runtime" */
    struct buf url;
    struct buf body;
};

static bool is_host_and_port(const char *api)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]";
    const char *colon = strrchr(api, ':');
    uint64_t port;
    return colon != NULL && colon > api && api[strspn(api, allowed)] == '\0' &&
        (*api == '[' ? colon[-1] == ']' : memchr(api, ':', (size_t)(colon - api)) == NULL) &&
        opt_number(colon + 1, 1, UINT16_MAX, &port);
}

struct runtime *runtime_open(const char *api, struct failure *failure)
{
    static const struct http_config config = { .parallel = 1, .agent = "sqs2pg/" SQS2PG_VERSION };
    if (api == NULL || !is_host_and_port(api)) {
        failure_set(failure, STATUS_CONFIG, "AWS_LAMBDA_RUNTIME_API is %s",
            api == NULL ? "not set" : "not HOST:PORT");
        failure_hint(failure, "AWS Lambda sets it for the program named bootstrap");
        return NULL;
    }
    struct runtime *runtime = calloc(1, sizeof *runtime);
    if (runtime == NULL) {
        failure_no_memory(failure);
        return NULL;
    }
    buf_init(&runtime->base, URL_MOST);
    buf_init(&runtime->url, URL_MOST);
    buf_init(&runtime->body, EVENT_MOST);
    runtime->http = http_open(&config);
    if (runtime->http == NULL ||
        buf_printf(&runtime->base, "http://%s/2018-06-01/runtime", api) != 0) {
        failure_set(failure, STATUS_INTERNAL, "cannot start: %s", strerror(errno));
        runtime_close(runtime);
        return NULL;
    }
    return runtime;
}

void runtime_close(struct runtime *runtime)
{
    if (runtime == NULL)
        return;
    http_close(runtime->http);
    buf_free(&runtime->base);
    buf_free(&runtime->url);
    buf_free(&runtime->body);
    free(runtime);
}

static void append(void *context, const char *data, size_t length)
{
    (void)buf_append(context, data, length); /* the caller checks the buffer when all has arrived */
}

static void ignore(void *context, const char *data, size_t length)
{
    (void)context;
    (void)data;
    (void)length;
}

/* Run the request to its end. */
static enum runtime_result run(struct runtime *runtime, struct http_request *request,
    bool stoppable, struct failure *failure)
{
    struct pollfd stop = { .fd = stoppable ? stop_fd() : -1, .events = POLLIN };
    request->url = buf_cstr(&runtime->url);
    request->direct = true;
    if (request->url == NULL || http_start(runtime->http, request) != 0) {
        failure_no_memory(failure);
        return RUNTIME_FAILED;
    }
    while (http_next(runtime->http) == NULL) {
        if (stoppable && stop_requested()) {
            http_cancel(runtime->http, request);
            return RUNTIME_STOPPED;
        }
        if (http_wait(runtime->http, &stop, 1, -1) != 0 && errno != EINTR) {
            http_cancel(runtime->http, request);
            failure_set(failure, STATUS_INTERNAL, "the runtime API: %s", strerror(errno));
            return RUNTIME_FAILED;
        }
    }
    if (request->outcome != HTTP_OK)
        failure_set(failure, STATUS_TEMPORARY, "the runtime API: %s",
            http_outcome_text(request->outcome));
    else if (request->status / 100 != 2)
        failure_set(failure, STATUS_TEMPORARY, "the runtime API answers with status %u",
            request->status);
    return failure->status == STATUS_OK ? RUNTIME_OK : RUNTIME_FAILED;
}

/* Return true for a valid id: it becomes part of URLs. */
static bool is_id(const char *id)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    return *id != '\0' && id[strspn(id, allowed)] == '\0';
}

enum runtime_result runtime_next(struct runtime *runtime, struct runtime_invocation *invocation,
    struct failure *failure)
{
    static const char *const headers[] = { "Accept: application/json", NULL };
    struct http_wanted wanted[] = { { .name = "Lambda-Runtime-Aws-Request-Id" },
        { .name = "Lambda-Runtime-Deadline-Ms" } };
    struct http_request request = { .method = HTTP_GET,
        .headers = headers,
        .maximum = EVENT_MOST,
        .sink = append,
        .context = &invocation->event,
        .wanted = wanted,
        .wanted_count = sizeof wanted / sizeof *wanted };
    buf_shrink(&invocation->event, EVENT_KEPT);
    invocation->event.maximum = EVENT_MOST;
    buf_clear(&runtime->url);
    buf_printf(&runtime->url, "%.*s/invocation/next", (int)runtime->base.length,
        runtime->base.data);
    enum runtime_result result = run(runtime, &request, true, failure);
    if (result != RUNTIME_OK)
        return result;
    if (!is_id(wanted[0].value) ||
        !opt_number(wanted[1].value, 1, INT64_MAX, &invocation->deadline_ms)) {
        failure_set(failure, STATUS_INTERNAL, "the runtime API names no request or no deadline");
        return RUNTIME_FAILED;
    }
    memcpy(invocation->id, wanted[0].value, sizeof wanted[0].value);
    if (!invocation->event.failed)
        return RUNTIME_OK;
    failure_no_memory(failure);
    return RUNTIME_FAILED;
}

static int post(struct runtime *runtime, const char *id, const char *what,
    const char *const *headers, const struct buf *body, struct failure *failure)
{
    struct http_request request = { .method = HTTP_POST,
        .headers = headers,
        .body = body->data,
        .body_length = body->length,
        .silence_s = POST_SILENCE_S,
        .total_ms = POST_MS,
        .maximum = EVENT_MOST,
        .sink = ignore };
    buf_clear(&runtime->url);
    buf_printf(&runtime->url, "%.*s/invocation/%s/%s", (int)runtime->base.length,
        runtime->base.data, id, what);
    return run(runtime, &request, false, failure) == RUNTIME_OK ? 0 : -1;
}

int runtime_answer(struct runtime *runtime, const char *id, const struct buf *answer,
    struct failure *failure)
{
    static const char *const headers[] = { "Content-Type: application/json", NULL };
    return post(runtime, id, "response", headers, answer, failure);
}

int runtime_error(struct runtime *runtime, const char *id, const char *type, const char *message,
    struct failure *failure)
{
    char header[128] = "Lambda-Runtime-Function-Error-Type: ";
    const char *const headers[] = { "Content-Type: application/json", header, NULL };
    struct buf *body = &runtime->body;
    size_t start = strlen(header), length = strlen(type);
    if (start + length < sizeof header)
        memcpy(header + start, type, length + 1);
    buf_clear(body);
    (void)buf_puts(body, "{\"errorMessage\":");
    (void)json_string_encode(body, message, strlen(message));
    (void)buf_puts(body, ",\"errorType\":");
    (void)json_string_encode(body, type, length);
    (void)buf_puts(body, ",\"stackTrace\":[]}");
    if (body->failed)
        return failure_no_memory(failure);
    return post(runtime, id, "error", headers, body, failure);
}
