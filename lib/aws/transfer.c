#include <stdlib.h>
#include <string.h>

#include "aws/sign.h"
#include "aws/transfer.h"

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
    if (answer_init(&transfer->answer) != 0) {
        free(transfer);
        return NULL;
    }
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

int transfer_load(struct transfer *transfer, struct call *call,
    const struct transfer_target *target)
{
    bool queue = call->operation != CALL_QUEUE_URL;
    transfer->call = call;
    transfer->failing_since_ms = 0;
    transfer->probe = transfer->last = transfer->reloaded = transfer->corrected = false;
    transfer->path_at = strlen(target->origin);
    buf_clear(&transfer->url);
    buf_printf(&transfer->url, "%s%s%s", target->origin, target->base,
        queue ? target->queue_path : "/");
    buf_shrink(&transfer->body, BODY_KEPT);
    call_write(&transfer->body, call, queue ? target->queue_url : NULL);
    return buf_cstr(&transfer->url) == NULL || transfer->body.failed ? -1 : 0;
}

/* "Name: value" for sending; the value alone for signing. */
static const char *set(struct buf *line, const char *name, const char *value)
{
    buf_clear(line);
    buf_printf(line, "%s: %s", name, value);
    const char *text = buf_cstr(line);
    return text != NULL ? text + strlen(name) + 2 : NULL;
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
    struct sign_header signed_headers[TRANSFER_HEADERS];
    struct buf *lines = transfer->headers;
    char date[SIGN_DATE_SIZE];
    size_t count = 0;
    transfer->signed_ms = now_ms;
    sign_date(now_ms, date);
    signed_headers[count++] = (struct sign_header){ "content-type",
        set(&lines[TRANSFER_CONTENT_TYPE], "Content-Type",
            "application/x-www-form-urlencoded; charset=utf-8") };
    signed_headers[count++] =
        (struct sign_header){ "host", set(&lines[TRANSFER_HOST], "Host", target->host) };
    if (credentials != NULL)
        signed_headers[count++] =
            (struct sign_header){ "x-amz-date", set(&lines[TRANSFER_DATE], "X-Amz-Date", date) };
    if (credentials != NULL && credentials->session_token != NULL)
        signed_headers[count++] = (struct sign_header){ "x-amz-security-token",
            set(&lines[TRANSFER_TOKEN], "X-Amz-Security-Token", credentials->session_token) };
    for (size_t i = 0; i < count; i++) {
        if (signed_headers[i].value == NULL)
            return -1;
        transfer->header_list[i] = lines[i].data;
    }
    transfer->header_list[count] = NULL;
    if (credentials != NULL &&
        authorize(transfer, target, credentials, signed_headers, count, date) != 0)
        return -1;
    return answer_begin(&transfer->answer, transfer->call->on_message, transfer->call->context);
}
