#include <string.h>

#include "content.h"
#include "json/string.h"
#include "json/write.h"
#include "record/record.h"

int content_value(struct content *content, const char *value, size_t length, struct buf *decoded)
{
    enum json_kind kind = json_children_kind(*value);
    *content = (struct content){ .form = CONTENT_SCALAR, .text = value, .length = length };
    if (kind == JSON_OBJECT || kind == JSON_ARRAY)
        content->form = CONTENT_JSON;
    if (kind != JSON_STRING)
        return 0;
    /* Reserve the maximum, so that growing copies nothing. */
    buf_clear(decoded);
    if (buf_reserve(decoded, length) == NULL || json_string_decode(decoded, value, length) != 0)
        return -1;
    *content =
        (struct content){ CONTENT_TEXT, decoded->data, decoded->length, value, length, NULL };
    return 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Return true for an object or array that can be a body; ${result} has its place. */
static bool is_body(const char *text, size_t length, struct json_result *result)
{
    size_t at = 0;
    while (at < length && is_space(text[at]))
        at++;
    return at < length && (text[at] == '{' || text[at] == '[') &&
        json_scan(text, length, NULL, RECORD_BODY_DEPTH, NULL, result) == JSON_OK;
}

void content_text(struct content *content, const char *text, size_t length)
{
    struct json_result result;
    *content = (struct content){ .form = CONTENT_TEXT, .text = text, .length = length };
    if (!is_body(text, length, &result))
        return;
    content->form = CONTENT_JSON;
    content->text = text + result.start;
    content->length = result.end - result.start;
}

void content_bytes(struct content *content, const char *bytes, size_t length)
{
    content_text(content, bytes, length);
    if (content->form == CONTENT_TEXT && !json_string_is_utf8(bytes, length))
        content->form = CONTENT_BYTES;
}

bool content_next_line(const struct content *content, size_t *at, const char **line, size_t *length)
{
    while (*at < content->length) {
        const char *start = content->text + *at;
        size_t left = content->length - *at;
        const char *feed = memchr(start, '\n', left);
        size_t size = feed == NULL ? left : (size_t)(feed - start);
        size_t blank = 0;
        *at += feed == NULL ? size : size + 1;
        while (size > 0 && start[size - 1] == '\r')
            size--;
        while (blank < size && is_space(start[blank]))
            blank++;
        if (blank == size)
            continue;
        *line = start;
        *length = size;
        return true;
    }
    return false;
}

bool content_is_lines(const struct content *content)
{
    struct json_result result;
    const char *line;
    size_t length;
    size_t at = 0;
    return content->form == CONTENT_TEXT && content_next_line(content, &at, &line, &length) &&
        is_body(line, length, &result);
}

int content_write(const struct content *content, struct buf *out)
{
    if (content->form == CONTENT_JSON)
        return json_write_compact(out, content->text, content->length);
    if (content->quoted != NULL)
        return buf_append(out, content->quoted, content->quoted_length);
    return json_string_encode(out, content->text, content->length);
}
