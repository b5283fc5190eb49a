#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "aws/headers.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "credentials/chain.h"
#include "http/http.h"
#include "kms_exchange.h"
#include "kms_failure.h"

/* As in lib/sqs; AWS refuses requests from five minutes of clock skew on. */
enum { FIRST_MS = 100, CAP_MS = 5000, LEAST_MS = 250, TROUBLE_AFTER = 3, SKEW_MS = 240 * 1000 };
enum { SILENCE_S = 20, BODY_MAXIMUM = 128 << 10, URL_MAXIMUM = 32 << 10 };

/* State of one exchange. */
struct work {
    struct kms_exchange *exchange;
    const struct kms_message *message;
    struct http *http;
    struct http_request request;
    struct credentials credentials;
    struct headers headers;
    struct buf url;
    struct buf body;
    struct buf answer;
    int64_t offset_ms;  /* of the clock of the server */
    uint64_t signed_ms; /* the time in the date of the request */
    bool corrected;     /* the clock was corrected */
    bool reloaded;      /* credentials were renewed */
};

static void on_data(void *context, const char *data, size_t length)
{
    struct work *work = context;
    (void)buf_append(&work->answer, data, length); /* within the maximum, due to request.maximum */
}

static enum aws_cause load_credentials(struct work *work, struct credentials *credentials,
    struct aws_error *error)
{
    const struct kms_service *service = work->exchange->service;
    const struct credentials_request request = { .profile = work->exchange->profile,
        .region = service->region.name,
        .ca_bundle = service->ca_bundle,
        .stop_fd = -1 };
    return credentials_chain_load(credentials, &request, error);
}

static enum aws_cause prepare(struct work *work, struct aws_error *error)
{
    const struct url *endpoint = &work->exchange->service->endpoint;
    const struct http_config config = { .parallel = 1,
        .ca_bundle = work->exchange->service->ca_bundle,
        .agent = "sqs2pg/" SQS2PG_VERSION };
    buf_init(&work->url, URL_MAXIMUM);
    buf_init(&work->body, BODY_MAXIMUM);
    buf_init(&work->answer, KMS_MESSAGE_ANSWER_MAXIMUM);
    headers_init(&work->headers);
    buf_printf(&work->url, "%s%s", endpoint->origin,
        *endpoint->path != '\0' ? endpoint->path : "/");
    /* Reserve the maximum: growing would leave copies of secrets in memory. */
    if (kms_message_write(&work->body, work->message) != 0 || buf_cstr(&work->url) == NULL ||
        buf_reserve(&work->answer, KMS_MESSAGE_ANSWER_MAXIMUM) == NULL)
        return error_no_memory(error);
    if ((work->http = http_open(&config)) == NULL)
        return error_no_http(error, errno);
    return work->exchange->anonymous ? AWS_OK : load_credentials(work, &work->credentials, error);
}

static void finish(struct work *work)
{
    http_close(work->http);
    credentials_free(&work->credentials);
    headers_free(&work->headers);
    buf_free(&work->url);
    buf_wipe(&work->body);
    buf_wipe(&work->answer);
}

/* Make the headers of the next attempt. Return 0, or -1 when memory runs out. */
static int sign(struct work *work)
{
    const struct kms_service *service = work->exchange->service;
    char name[64];
    const struct sign_request request = {
        .region = service->region.name,
        .service = "kms",
        .path = work->url.data + strlen(service->endpoint.origin),
        .body = work->body.data,
        .body_length = work->body.length,
    };
    work->signed_ms = (uint64_t)((int64_t)clock_realtime_ms() + work->offset_ms);
    headers_begin(&work->headers, "application/x-amz-json-1.1", service->endpoint.host,
        work->exchange->anonymous ? NULL : &work->credentials, work->signed_ms);
    (void)snprintf(name, sizeof name, "TrentService.%s", kms_message_action(work->message));
    headers_add(&work->headers, "x-amz-target", name);
    return headers_finish(&work->headers, &request);
}

/* Run one attempt to its end; ${request} has the result. */
static enum aws_cause send_once(struct work *work, struct aws_error *error)
{
    buf_clear(&work->answer);
    if (sign(work) != 0)
        return error_no_memory(error);
    work->request = (struct http_request){ .method = HTTP_POST,
        .url = work->url.data,
        .headers = work->headers.list,
        .body = work->body.data,
        .body_length = work->body.length,
        .silence_s = SILENCE_S,
        .maximum = KMS_MESSAGE_ANSWER_MAXIMUM,
        .sink = on_data,
        .context = work };
    work->exchange->requests++;
    if (http_start(work->http, &work->request) != 0)
        return error_no_memory(error);
    do
        if (http_wait(work->http, NULL, 0, -1) != 0) {
            int reason = errno;
            http_cancel(work->http, &work->request);
            return error_set(error, AWS_NO_MEMORY, NULL, "cannot wait for answers: %s",
                strerror(reason));
        }
    while (http_next(work->http) == NULL);
    return AWS_OK;
}

static enum aws_cause judge_good(struct work *work, struct buf *out, struct aws_error *error)
{
    switch (kms_message_read(out, work->exchange->key_id, work->message, work->answer.data,
        work->answer.length)) {
    case KMS_MESSAGE_OK:
        return AWS_OK;
    case KMS_MESSAGE_MALFORMED:
        return error_set(error, AWS_TEMPORARY, NULL,
            "%s sends an answer that is not from KMS, or is incomplete",
            work->exchange->service->endpoint.host);
    case KMS_MESSAGE_NO_MEMORY:
        break;
    }
    return error_no_memory(error);
}

static enum aws_cause judge(struct work *work, struct buf *out, struct aws_error *error)
{
    const struct kms_failure_place place = { .host = work->exchange->service->endpoint.host,
        .file = work->exchange->file };
    const struct http_request *request = &work->request;
    char name[ERROR_NAME_SIZE];
    if (request->outcome != HTTP_OK)
        return kms_failure_transfer(error, &place, request);
    if (request->status == 200)
        return judge_good(work, out, error);
    if (kms_message_error(name, work->answer.data, work->answer.length) == KMS_MESSAGE_NO_MEMORY)
        return error_no_memory(error);
    if (name[0] == '\0' && request->error_name[0] != '\0')
        (void)error_code_name(request->error_name, name);
    return kms_failure_answer(error, &place, work->message, request->status, name);
}

/* Return true when the clock of the server is far from that of the signature, and adopt it. */
static bool correct_clock(struct work *work)
{
    int64_t theirs = work->request.date_ms;
    int64_t apart = theirs - (int64_t)work->signed_ms;
    if (work->exchange->anonymous || work->corrected || theirs == 0 ||
        (apart < SKEW_MS && apart > -SKEW_MS))
        return false;
    work->corrected = true;
    work->offset_ms = theirs - (int64_t)clock_realtime_ms();
    return true;
}

/* Renew the credentials, once. AWS_OK: there are new ones. */
static enum aws_cause renew(struct work *work, struct aws_error *error)
{
    struct credentials fresh = { 0 };
    if (work->exchange->anonymous || work->reloaded)
        return error->cause;
    work->reloaded = true;
    struct aws_error refused = *error;
    enum aws_cause cause = load_credentials(work, &fresh, error);
    if (cause == AWS_OK && credentials_same(&fresh, &work->credentials)) {
        *error = refused;
        cause = refused.cause;
    }
    if (cause != AWS_OK) {
        credentials_free(&fresh);
        return cause;
    }
    credentials_free(&work->credentials);
    work->credentials = fresh;
    return AWS_OK;
}

static void pause_for(struct backoff *pauses, unsigned failures)
{
    uint64_t pause_ms = backoff_next(pauses);
    /* Jitter may give no pause at all; not twice in a row. */
    if (failures > 1 && pause_ms < LEAST_MS)
        pause_ms = LEAST_MS;
    (void)poll(NULL, 0, (int)pause_ms);
}

enum aws_cause kms_exchange_run(struct kms_exchange *exchange, const struct kms_message *message,
    struct buf *out, struct aws_error *error)
{
    struct work work = { .exchange = exchange, .message = message };
    struct backoff pauses;
    uint64_t since_ms = clock_monotonic_ms();
    unsigned failures = 0;
    backoff_init(&pauses, FIRST_MS, CAP_MS);
    exchange->key_id[0] = '\0';
    exchange->requests = 0;
    enum aws_cause cause = prepare(&work, error);
    bool again = cause == AWS_OK;
    while (again) {
        cause = send_once(&work, error);
        if (cause == AWS_OK)
            cause = judge(&work, out, error);
        switch (cause) {
        case AWS_TEMPORARY:
            again = clock_monotonic_ms() - since_ms < exchange->retry_ms;
            if (again && ++failures == TROUBLE_AFTER)
                exchange->on_failing(error);
            if (again)
                pause_for(&pauses, failures);
            break;
        case AWS_SKEWED:
        case AWS_IDENTITY: /* the date alone may have invalidated a signature */
            again = correct_clock(&work);
            break;
        case AWS_EXPIRED:
            cause = renew(&work, error);
            again = cause == AWS_OK;
            break;
        default:
            again = false;
        }
    }
    finish(&work);
    return cause;
}
