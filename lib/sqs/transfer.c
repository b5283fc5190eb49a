#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/random.h"
#include "http/url.h"
#include "sqs/protocol_json.h"
#include "sqs/protocol_query.h"
#include "sqs/transfer.h"

enum { BODY_MAXIMUM = 8 << 20, BODY_KEPT = 256 << 10, URL_MAXIMUM = 32 << 10 };

static void on_data(void *context, const char *data, size_t length)
{
    struct transfer *transfer = context;
    answer_feed(&transfer->answer, data, length);
}

static bool is_held(void *context)
{
    const struct call *call = ((const struct transfer *)context)->call;
    return call->held(call->context);
}

struct transfer *transfer_new(void)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL)
        return NULL;
    answer_init(&transfer->answer);
    buf_init(&transfer->url, URL_MAXIMUM);
    buf_init(&transfer->body, BODY_MAXIMUM);
    headers_init(&transfer->headers);
    transfer->request.sink = on_data;
    transfer->request.context = transfer;
    return transfer;
}

void transfer_free(struct transfer *transfer)
{
    answer_free(&transfer->answer);
    buf_free(&transfer->url);
    buf_free(&transfer->body);
    headers_free(&transfer->headers);
    free(transfer);
}

/* Set the attempt id that a receive and its repeats share. */
static int name_attempt(struct call *call)
{
    unsigned char bytes[(CALL_ATTEMPT_SIZE - 1) / 2];
    call->attempt_id[0] = '\0';
    if (call->operation != CALL_RECEIVE || !call->fifo)
        return 0;
    if (random_bytes(bytes, sizeof bytes) != 0)
        return -1;
    digest_hex(bytes, sizeof bytes, call->attempt_id);
    call->attempt_id[CALL_ATTEMPT_SIZE - 1] = '\0';
    return 0;
}

/* Write the body of the request; CALL_QUEUE_URL does not use ${queue_url}. */
static void write_body(struct buf *out, const struct call *call, enum protocol protocol,
    const char *queue_url)
{
    if (protocol == PROTOCOL_JSON)
        protocol_json_write(out, call, queue_url);
    else
        protocol_query_write(out, call, queue_url);
}

int transfer_load(struct transfer *transfer, struct call *call,
    const struct transfer_target *target)
{
    bool queue = call->operation != CALL_QUEUE_URL;
    bool own_path = queue && target->protocol == PROTOCOL_QUERY;
    const char *other = call->other_queue_url;
    struct url url = { .path = NULL };
    if (other != NULL && url_parse(other, &url) != URL_OK)
        return -1;
    transfer->call = call;
    transfer->failing_since_ms = 0;
    transfer->probe = transfer->last = transfer->reloaded = transfer->corrected = false;
    transfer->request.held = call->held != NULL ? is_held : NULL;
    transfer->path_at = strlen(target->origin);
    buf_clear(&transfer->url);
    buf_printf(&transfer->url, "%s%s%s", target->origin, target->base,
        !own_path           ? "/"
            : other != NULL ? url.path
                            : target->queue_path);
    url_free(&url);
    buf_shrink(&transfer->body, BODY_KEPT);
    if (name_attempt(call) != 0)
        return -1;
    write_body(&transfer->body, call, target->protocol,
        !queue              ? NULL
            : other != NULL ? other
                            : target->queue_url);
    return buf_cstr(&transfer->url) == NULL || transfer->body.failed ? -1 : 0;
}

int transfer_sign(struct transfer *transfer, const struct transfer_target *target,
    const struct credentials *credentials, uint64_t now_ms)
{
    bool json = target->protocol == PROTOCOL_JSON;
    char name[64];
    const struct sign_request request = {
        .region = target->region,
        .service = "sqs",
        .path = transfer->url.data + transfer->path_at,
        .body = transfer->body.data,
        .body_length = transfer->body.length,
    };
    transfer->signed_ms = now_ms;
    headers_begin(&transfer->headers,
        json ? "application/x-amz-json-1.0" : "application/x-www-form-urlencoded; charset=utf-8",
        target->host, credentials, now_ms);
    if (json) {
        (void)snprintf(name, sizeof name, "AmazonSQS.%s", call_action(transfer->call));
        headers_add(&transfer->headers, "x-amz-target", name);
    }
    if (headers_finish(&transfer->headers, &request) != 0)
        return -1;
    return answer_begin(&transfer->answer, target->protocol, transfer->call->fifo,
        transfer->call->on_message, transfer->call->context);
}
