#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/stop.h"
#include "credentials/renewal.h"
#include "sqs/circuit_breaker.h"
#include "sqs/retry_policy.h"
#include "sqs/sqs.h"
#include "sqs/transfer.h"
#include "sqs/transfer_list.h"

enum {
    TROUBLE_AFTER = 3,
    SKEW_MS = 240 * 1000 /* AWS refuses requests from five minutes on */
};

struct sqs {
    struct http *http;
    char *origin;
    char *host;
    char *base;
    char *region;
    char *queue_url;
    char *queue_path;
    enum protocol protocol;
    struct credentials_renewal *renewal; /* NULL when nothing is signed */
    int64_t clock_offset_ms;
    struct retry_policy retry;
    void (*on_failing)(const struct aws_error *error);
    struct circuit_breaker breaker;
    uint64_t requests;
    uint64_t unreadable;
    struct failed failed;
    uint64_t throttles;
    uint64_t throttled_at;      /* requests sent when throttling was last counted */
    struct transfer_list ready; /* to send, or to send again */
    struct transfer_list open;
    struct transfer_list refused; /* because the credentials have expired */
    struct transfer_list unused;
    struct call *done;
    struct call **done_end;
};

static bool copy_config(struct sqs *sqs, const struct sqs_config *config)
{
    sqs->origin = strdup(config->endpoint->origin);
    sqs->host = strdup(config->endpoint->host);
    sqs->base = strdup(config->endpoint->path);
    sqs->region = strdup(config->region);
    sqs->protocol = config->protocol;
    sqs->retry = config->retry;
    sqs->on_failing = config->on_failing;
    return sqs->origin != NULL && sqs->host != NULL && sqs->base != NULL && sqs->region != NULL;
}

struct sqs *sqs_open(const struct sqs_config *config, struct aws_error *error)
{
    struct sqs *sqs = calloc(1, sizeof *sqs);
    if (sqs == NULL) {
        error_no_memory(error);
        return NULL;
    }
    transfer_list_init(&sqs->ready);
    transfer_list_init(&sqs->open);
    transfer_list_init(&sqs->refused);
    transfer_list_init(&sqs->unused);
    sqs->done_end = &sqs->done;
    circuit_breaker_init(&sqs->breaker);
    const struct http_config http = { .parallel = config->parallel,
        .ca_bundle = config->ca_bundle,
        .agent = "sqs2pg/" SQS2PG_VERSION };
    if (!copy_config(sqs, config)) {
        error_no_memory(error);
        goto err;
    }
    if ((sqs->http = http_open(&http)) == NULL) {
        error_no_http(error, errno);
        goto err;
    }
    const struct credentials_request request = { .profile = config->profile,
        .region = config->region,
        .ca_bundle = config->ca_bundle,
        .stop_fd = config->stop_fd };
    if (!config->anonymous && (sqs->renewal = credentials_renewal_open(&request, error)) == NULL)
        goto err;
    return sqs;

err:
    sqs_close(sqs);
    return NULL;
}

void sqs_close(struct sqs *sqs)
{
    if (sqs == NULL)
        return;
    http_close(sqs->http);
    transfer_list_free(&sqs->ready);
    transfer_list_free(&sqs->open);
    transfer_list_free(&sqs->refused);
    transfer_list_free(&sqs->unused);
    credentials_renewal_close(sqs->renewal);
    free(sqs->origin);
    free(sqs->host);
    free(sqs->base);
    free(sqs->region);
    free(sqs->queue_url);
    free(sqs->queue_path);
    free(sqs);
}

int sqs_set_queue(struct sqs *sqs, const char *queue_url)
{
    struct url url;
    if (url_parse(queue_url, &url) != URL_OK)
        return -1;
    free(sqs->queue_url);
    free(sqs->queue_path);
    sqs->queue_url = strdup(queue_url);
    sqs->queue_path = strdup(url.path);
    url_free(&url);
    return sqs->queue_url != NULL && sqs->queue_path != NULL ? 0 : -1;
}

static struct transfer_target target_of(const struct sqs *sqs)
{
    return (struct transfer_target){ .origin = sqs->origin,
        .host = sqs->host,
        .base = sqs->base,
        .protocol = sqs->protocol,
        .region = sqs->region,
        .queue_url = sqs->queue_url,
        .queue_path = sqs->queue_path };
}

int sqs_start(struct sqs *sqs, struct call *call)
{
    struct transfer_target target = target_of(sqs);
    struct transfer *transfer = sqs->unused.first;
    if (transfer != NULL)
        transfer_list_remove(&sqs->unused, transfer);
    else if ((transfer = transfer_new()) == NULL)
        return -1;
    call->messages = 0;
    call->next = NULL;
    const char *path = call->other_queue_url != NULL ? call->other_queue_url : sqs->queue_path;
    const char *slash = path == NULL ? NULL : strrchr(path, '/');
    const char *name = call->operation == CALL_QUEUE_URL ? call->queue_name
        : slash == NULL                                  ? ""
                                                         : slash + 1;
    (void)snprintf(call->queue, sizeof call->queue, "%s", name);
    if (transfer_load(transfer, call, &target) != 0) {
        transfer_list_add(&sqs->unused, transfer);
        return -1;
    }
    transfer_list_add(&sqs->ready, transfer);
    return 0;
}

static int send_request(struct sqs *sqs, struct transfer *transfer)
{
    struct transfer_target target = target_of(sqs);
    uint64_t now = (uint64_t)((int64_t)clock_realtime_ms() + sqs->clock_offset_ms);
    const struct credentials *credentials =
        sqs->renewal != NULL ? credentials_renewal_current(sqs->renewal) : NULL;
    if (transfer_sign(transfer, &target, credentials, now) != 0)
        return -1;
    if (sqs->renewal != NULL)
        transfer->generation = credentials_renewal_generation(sqs->renewal);
    transfer->request.url = transfer->url.data;
    transfer->request.headers = transfer->headers.list;
    transfer->request.body = transfer->body.data;
    transfer->request.body_length = transfer->body.length;
    transfer->request.silence_s = call_silence(transfer->call);
    transfer->request.maximum = call_maximum(transfer->call);
    if (http_start(sqs->http, &transfer->request) != 0)
        return -1;
    transfer->number = ++sqs->requests;
    return 0;
}

/* Finish the call. */
static void give_back(struct sqs *sqs, struct transfer *transfer)
{
    struct call *call = transfer->call;
    answer_shrink(&transfer->answer);
    transfer->call = NULL;
    transfer_list_add(&sqs->unused, transfer);
    call->next = NULL;
    *sqs->done_end = call;
    sqs->done_end = &call->next;
}

static bool is_receive(const struct transfer *transfer)
{
    return transfer->call->operation == CALL_RECEIVE;
}

/* Send the requests that may be sent, receives last. */
static void launch(struct sqs *sqs)
{
    for (int pass = 0; pass < 2; pass++) {
        for (struct transfer *transfer = sqs->ready.first, *next; transfer != NULL;
             transfer = next) {
            next = transfer->next;
            bool receive = is_receive(transfer);
            if (receive != (pass == 1))
                continue;
            if (!http_has_room(sqs->http) ||
                !circuit_breaker_allows(&sqs->breaker, receive, clock_monotonic_ms()))
                break;
            transfer_list_remove(&sqs->ready, transfer);
            if (send_request(sqs, transfer) != 0) {
                error_no_memory(&transfer->call->error);
                give_back(sqs, transfer);
                continue;
            }
            transfer->probe = circuit_breaker_enter(&sqs->breaker, receive);
            transfer_list_add(&sqs->open, transfer);
        }
    }
}

/* Return true when server and signature disagree on the time, and adopt that of the server. */
static bool correct_clock(struct sqs *sqs, struct transfer *transfer)
{
    int64_t theirs = transfer->request.date_ms;
    if (sqs->renewal == NULL || transfer->corrected || theirs == 0)
        return false;
    int64_t apart = theirs - (int64_t)transfer->signed_ms;
    if (apart < SKEW_MS && apart > -SKEW_MS)
        return false;
    transfer->corrected = true;
    sqs->clock_offset_ms = theirs - (int64_t)clock_realtime_ms();
    return true;
}

static bool worth_repeating(struct sqs *sqs, struct transfer *transfer, enum aws_cause cause,
    uint64_t now)
{
    if (transfer->last)
        return false;
    switch (cause) {
    case AWS_TEMPORARY:
    case AWS_NO_QUEUE:
        if (transfer->failing_since_ms == 0)
            transfer->failing_since_ms = now;
        return now - transfer->failing_since_ms < retry_policy_limit(&sqs->retry, cause);
    case AWS_SKEWED:
    case AWS_IDENTITY: /* the date alone may have invalidated a signature */
        return correct_clock(sqs, transfer);
    default:
        return false;
    }
}

/* Return true when the call may wait for new credentials, in ${refused} or ${ready}. */
static bool await_renewal(struct sqs *sqs, struct transfer *transfer, uint64_t now)
{
    if (sqs->renewal == NULL || transfer->reloaded || transfer->last)
        return false;
    transfer->reloaded = true;
    if (transfer->generation != credentials_renewal_generation(sqs->renewal)) {
        transfer_list_add(&sqs->ready, transfer);
        return true;
    }
    if (transfer->failing_since_ms == 0)
        transfer->failing_since_ms = now;
    credentials_renewal_refuse(sqs->renewal);
    transfer_list_add(&sqs->refused, transfer);
    return true;
}

/* Resume or fail calls that wait for credentials. Return the ms until one fails, or -1. */
static int resume_refused(struct sqs *sqs)
{
    enum credentials_renewal_state state = credentials_renewal_state(sqs->renewal);
    const struct aws_error *error = credentials_renewal_error(sqs->renewal);
    int until = -1;
    for (struct transfer *transfer = sqs->refused.first, *next; transfer != NULL; transfer = next) {
        next = transfer->next;
        uint64_t lasted = clock_monotonic_ms() - transfer->failing_since_ms;
        if (state == CREDENTIALS_RENEWAL_REFUSED &&
            (error->cause == AWS_OK || (lasted < sqs->retry.retry_ms && !transfer->last))) {
            if (error->cause != AWS_OK && until == -1) /* the first is the oldest */
                until = sqs->retry.retry_ms - lasted < INT_MAX ? (int)(sqs->retry.retry_ms - lasted)
                                                               : INT_MAX;
            continue;
        }
        transfer_list_remove(&sqs->refused, transfer);
        if (state == CREDENTIALS_RENEWAL_GOOD) {
            transfer->failing_since_ms = 0;
            transfer_list_add(&sqs->ready, transfer);
            continue;
        }
        if (error->cause != AWS_OK)
            transfer->call->error = *error;
        give_back(sqs, transfer);
    }
    return until;
}

/* Continue the renewal of credentials. Return the milliseconds until the next step, or -1. */
static int renew(struct sqs *sqs)
{
    if (sqs->renewal == NULL)
        return -1;
    int due = credentials_renewal_work(sqs->renewal, sqs->clock_offset_ms);
    if (credentials_renewal_began_failing(sqs->renewal) && sqs->on_failing != NULL)
        sqs->on_failing(credentials_renewal_error(sqs->renewal));
    int until = resume_refused(sqs);
    return until >= 0 && (due < 0 || until < due) ? until : due;
}

static void note_throttle(struct sqs *sqs, const struct transfer *transfer)
{
    if (!transfer->call->throttled || transfer->number <= sqs->throttled_at)
        return;
    sqs->throttles++;
    sqs->throttled_at = sqs->requests;
}

static void finish_attempt(struct sqs *sqs, struct transfer *transfer)
{
    struct call *call = transfer->call;
    uint64_t now = clock_monotonic_ms();
    enum found_result result =
        answer_finish(&transfer->answer, transfer->request.outcome == HTTP_OK);
    enum aws_cause cause =
        call_finish(call, &transfer->request, &transfer->answer.found, result, sqs->host);
    note_throttle(sqs, transfer);
    failed_count(&sqs->failed, call, cause);
    transfer_list_remove(&sqs->open, transfer);
    if (call->optional && cause != AWS_OK) {
        circuit_breaker_forget(&sqs->breaker, is_receive(transfer), transfer->probe);
        give_back(sqs, transfer);
        return;
    }
    circuit_breaker_leave(&sqs->breaker, is_receive(transfer), transfer->probe,
        cause == AWS_TEMPORARY || retry_policy_limit(&sqs->retry, cause) > 0, now);
    sqs->unreadable += call->unreadable && is_receive(transfer);
    bool third = sqs->breaker.failures == TROUBLE_AFTER && transfer->probe;
    if (retry_policy_reports(&sqs->retry, call, third) && sqs->on_failing != NULL)
        sqs->on_failing(&call->error);
    if (cause == AWS_EXPIRED && await_renewal(sqs, transfer, now))
        return;
    if (worth_repeating(sqs, transfer, cause, now))
        transfer_list_add(&sqs->ready, transfer);
    else
        give_back(sqs, transfer);
}

/* Return the milliseconds until a waiting call may be sent as a probe, at most ${timeout_ms}. */
static int until_probe(const struct sqs *sqs, int timeout_ms)
{
    uint64_t now = clock_monotonic_ms();
    if (sqs->ready.first == NULL || !sqs->breaker.open || sqs->breaker.probe_ms <= now)
        return timeout_ms;
    uint64_t left = sqs->breaker.probe_ms - now;
    return timeout_ms >= 0 && (uint64_t)timeout_ms < left ? timeout_ms
                                                          : (int)(left < INT_MAX ? left : INT_MAX);
}

static int sooner(int a_ms, int b_ms)
{
    return a_ms < 0 ? b_ms : b_ms < 0 || a_ms < b_ms ? a_ms : b_ms;
}

int sqs_wait(struct sqs *sqs, struct pollfd *fds, size_t count, int timeout_ms)
{
    struct http_request *request;
    struct pollfd all[HTTP_FDS];
    size_t given = count < SQS_FDS ? count : SQS_FDS;
    int renewal_ms = renew(sqs);
    launch(sqs);
    int timeout = sqs->done != NULL ? 0 : sooner(renewal_ms, until_probe(sqs, timeout_ms));
    if (given > 0)
        memcpy(all, fds, given * sizeof *all);
    all[given] =
        (struct pollfd){ .fd = sqs->renewal != NULL ? credentials_renewal_fd(sqs->renewal) : -1,
            .events = POLLIN };
    if (http_wait(sqs->http, all, given + 1, timeout) != 0)
        return -1;
    if (given > 0)
        memcpy(fds, all, given * sizeof *all);
    while ((request = http_next(sqs->http)) != NULL) {
        struct transfer *transfer = sqs->open.first;
        while (&transfer->request != request)
            transfer = transfer->next;
        finish_attempt(sqs, transfer);
    }
    (void)renew(sqs);
    launch(sqs);
    return 0;
}

struct call *sqs_next(struct sqs *sqs)
{
    struct call *call = sqs->done;
    if (call == NULL)
        return NULL;
    sqs->done = call->next;
    if (sqs->done == NULL)
        sqs->done_end = &sqs->done;
    call->next = NULL;
    return call;
}

void sqs_abandon(struct sqs *sqs)
{
    while (sqs->ready.first != NULL) {
        struct transfer *transfer = sqs->ready.first;
        transfer_list_remove(&sqs->ready, transfer);
        if (transfer->failing_since_ms == 0)
            error_set(&transfer->call->error, AWS_STOPPED, NULL, "stopped");
        give_back(sqs, transfer);
    }
    while (sqs->refused.first != NULL) {
        struct transfer *transfer = sqs->refused.first;
        transfer_list_remove(&sqs->refused, transfer);
        give_back(sqs, transfer);
    }
    for (struct transfer *transfer = sqs->open.first; transfer != NULL; transfer = transfer->next)
        transfer->last = true;
}

/* Cut all connections: no call inside returns. */
static void cut(struct sqs *sqs)
{
    while (sqs->open.first != NULL) {
        struct transfer *transfer = sqs->open.first;
        http_cancel(sqs->http, &transfer->request);
        transfer_list_remove(&sqs->open, transfer);
        circuit_breaker_leave(&sqs->breaker, is_receive(transfer), transfer->probe, true,
            clock_monotonic_ms());
        transfer_list_add(&sqs->unused, transfer);
    }
    struct transfer_list *waiting[] = { &sqs->ready, &sqs->refused };
    for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++)
        while (waiting[i]->first != NULL) {
            struct transfer *transfer = waiting[i]->first;
            transfer_list_remove(waiting[i], transfer);
            transfer_list_add(&sqs->unused, transfer);
        }
}

enum aws_cause sqs_run(struct sqs *sqs, struct call *call, bool stoppable)
{
    if (sqs_start(sqs, call) != 0)
        return error_no_memory(&call->error);
    for (;;) {
        struct pollfd stop = { .fd = stoppable ? stop_fd() : -1, .events = POLLIN };
        if (stoppable && stop_requested()) {
            cut(sqs);
            return error_set(&call->error, AWS_STOPPED, NULL, "stopped");
        }
        if (sqs_wait(sqs, &stop, 1, -1) != 0) {
            cut(sqs);
            return error_set(&call->error, AWS_NO_MEMORY, NULL, "cannot wait for answers: %s",
                strerror(errno));
        }
        if (sqs_next(sqs) != NULL)
            return call->error.cause;
    }
}

uint64_t sqs_requests(const struct sqs *sqs)
{
    return sqs->requests;
}

size_t sqs_arriving(const struct sqs *sqs)
{
    size_t bytes = 0;
    for (const struct transfer *transfer = sqs->open.first; transfer != NULL;
         transfer = transfer->next)
        bytes += answer_waiting(&transfer->answer);
    return bytes;
}

uint64_t sqs_throttles(const struct sqs *sqs)
{
    return sqs->throttles;
}

const struct failed *sqs_failed(const struct sqs *sqs)
{
    return &sqs->failed;
}

uint64_t sqs_unreadable(const struct sqs *sqs)
{
    return sqs->unreadable;
}
