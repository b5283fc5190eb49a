#include <string.h>

#include "aws/headers.h"

enum { LINE_MAXIMUM = 32 << 10 };

void headers_init(struct headers *headers)
{
    *headers = (struct headers){ .count = 0 };
    for (size_t i = 0; i <= HEADERS_MOST; i++)
        buf_init(&headers->lines[i], LINE_MAXIMUM);
}

void headers_free(struct headers *headers)
{
    for (size_t i = 0; i <= HEADERS_MOST; i++)
        buf_wipe(&headers->lines[i]);
}

void headers_begin(struct headers *headers, const char *type, const char *host,
    const struct credentials *by, uint64_t now_ms)
{
    headers->by = by;
    headers->count = 0;
    headers->failed = false;
    sign_date(now_ms, headers->date);
    headers_add(headers, "content-type", type);
    headers_add(headers, "host", host);
    if (by != NULL)
        headers_add(headers, "x-amz-date", headers->date);
    if (by != NULL && by->session_token != NULL)
        headers_add(headers, "x-amz-security-token", by->session_token);
}

void headers_add(struct headers *headers, const char *name, const char *value)
{
    if (headers->count == HEADERS_MOST) {
        headers->failed = true;
        return;
    }
    struct buf *line = &headers->lines[headers->count];
    buf_clear(line);
    buf_printf(line, "%s: %s", name, value);
    const char *text = buf_cstr(line);
    headers->failed |= text == NULL;
    headers->list[headers->count] = text;
    headers->named[headers->count++] =
        (struct sign_header){ name, text != NULL ? text + strlen(name) + 2 : NULL };
}

int headers_finish(struct headers *headers, const struct sign_request *request)
{
    struct sign_request whole = *request;
    struct buf *line = &headers->lines[HEADERS_MOST];
    size_t count = headers->count;
    if (headers->failed)
        return -1;
    if (headers->by != NULL) {
        whole.date = headers->date;
        whole.headers = headers->named;
        whole.count = count;
        buf_clear(line);
        buf_puts(line, "Authorization: ");
        if (sign_authorize(line, headers->by, &whole) != 0 || buf_cstr(line) == NULL)
            return -1;
        headers->list[count++] = line->data;
    }
    headers->list[count] = NULL;
    return 0;
}
