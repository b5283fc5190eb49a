#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign.h"
#include "aws/transfer.h"
#include "crypto/digest.h"
#include "crypto/random.h"

enum { BODY_MAXIMUM = 8 << 20, BODY_KEPT = 256 << 10, HEADER_MAXIMUM = 32 << 10 };

static void on_data(void *context, const char *data, size_t length)
{
    answer_feed(context, data, length);
}

struct transfer *transfer_new(void)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL)
        return NULL;
    answer_init(&transfer->answer);
    buf_init(&transfer->url, HEADER_MAXIMUM);
    buf_init(&transfer->body, BODY_MAXIMUM);
    for (int i = 0; i < TRANSFER_HEADERS; i++)
        buf_init(&transfer->headers[i], HEADER_MAXIMUM);
    buf_init(&transfer->authorization, HEADER_MAXIMUM);
    transfer->request.sink = on_data;
    transfer->request.context = &transfer->answer;
    return transfer;
}

void transfer_free(struct transfer *transfer)
{
    answer_free(&transfer->answer);
    buf_free(&transfer->url);
    buf_free(&transfer->body);
    for (int i = 0; i < TRANSFER_HEADERS; i++)
        buf_wipe(&transfer->headers[i]);
    buf_wipe(&transfer->authorization);
    free(transfer);
}

/* The name that a receive and its repeats have in common. */
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

int transfer_load(struct transfer *transfer, struct call *call,
    const struct transfer_target *target)
{
    bool queue = call->operation != CALL_QUEUE_URL;
    bool own_path = queue && target->protocol == PROTOCOL_QUERY;
    transfer->call = call;
    transfer->failing_since_ms = 0;
    transfer->probe = transfer->last = transfer->reloaded = transfer->corrected = false;
    transfer->path_at = strlen(target->origin);
    buf_clear(&transfer->url);
    buf_printf(&transfer->url, "%s%s%s", target->origin, target->base,
        own_path ? target->queue_path : "/");
    buf_shrink(&transfer->body, BODY_KEPT);
    if (name_attempt(call) != 0)
        return -1;
    call_write(&transfer->body, call, target->protocol, queue ? target->queue_url : NULL);
    return buf_cstr(&transfer->url) == NULL || transfer->body.failed ? -1 : 0;
}

/* Headers being put together: those that are signed, and the lines that are sent. */
struct header_set {
    struct transfer *transfer;
    struct sign_header list[TRANSFER_HEADERS];
    size_t count;
    bool failed;
};

/* ${name} is the one that is signed: in lower case. */
static void add(struct header_set *set, enum transfer_header which, const char *name,
    const char *value)
{
    struct buf *line = &set->transfer->headers[which];
    buf_clear(line);
    buf_printf(line, "%s: %s", name, value);
    const char *text = buf_cstr(line);
    set->failed |= text == NULL;
    set->transfer->header_list[set->count] = text;
    set->list[set->count++] =
        (struct sign_header){ name, text != NULL ? text + strlen(name) + 2 : NULL };
}

static int authorize(struct transfer *transfer, const struct transfer_target *target,
    const struct credentials *credentials, const struct sign_header *headers, size_t count,
    const char *date)
{
    const struct sign_request request = {
        .region = target->region,
        .service = "sqs",
        .date = date,
        .path = transfer->url.data + transfer->path_at,
        .headers = headers,
        .count = count,
        .body = transfer->body.data,
        .body_length = transfer->body.length,
    };
    buf_clear(&transfer->authorization);
    buf_puts(&transfer->authorization, "Authorization: ");
    if (sign_authorize(&transfer->authorization, credentials, &request) != 0 ||
        buf_cstr(&transfer->authorization) == NULL)
        return -1;
    transfer->header_list[count] = transfer->authorization.data;
    transfer->header_list[count + 1] = NULL;
    return 0;
}

int transfer_sign(struct transfer *transfer, const struct transfer_target *target,
    const struct credentials *credentials, uint64_t now_ms)
{
    struct header_set set = { .transfer = transfer };
    bool json = target->protocol == PROTOCOL_JSON;
    char date[SIGN_DATE_SIZE], name[64];
    transfer->signed_ms = now_ms;
    sign_date(now_ms, date);
    /* In the order of their names, as they are signed. */
    add(&set, TRANSFER_CONTENT_TYPE, "content-type",
        json ? "application/x-amz-json-1.0" : "application/x-www-form-urlencoded; charset=utf-8");
    add(&set, TRANSFER_HOST, "host", target->host);
    if (credentials != NULL)
        add(&set, TRANSFER_DATE, "x-amz-date", date);
    if (credentials != NULL && credentials->session_token != NULL)
        add(&set, TRANSFER_TOKEN, "x-amz-security-token", credentials->session_token);
    if (json) {
        (void)snprintf(name, sizeof name, "AmazonSQS.%s", call_action(transfer->call));
        add(&set, TRANSFER_ACTION, "x-amz-target", name);
    }
    transfer->header_list[set.count] = NULL;
    if (set.failed ||
        (credentials != NULL &&
            authorize(transfer, target, credentials, set.list, set.count, date) != 0))
        return -1;
    return answer_begin(&transfer->answer, target->protocol, transfer->call->fifo,
        transfer->call->on_message, transfer->call->context);
}
