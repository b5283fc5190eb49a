#include <inttypes.h>

#include "json/splice.h"
#include "rendering.h"

static const struct {
    const char *code;
    const char *detail;
} errors[] = {
    [RENDERING_EMPTY] = { "empty", "the message has no event" },
    [RENDERING_DEEP] = { "deep",
        "more than four nested envelopes and encodings, or a part that would be split again" },
    [RENDERING_TOO_MANY] = { "too-many", "the message gives too many or too large records" },
};

static void put_parts(struct json_splice *splice, const struct rendering *record, const char *name,
    uint64_t part, uint64_t parts)
{
    json_splice_open_end(splice, record->sqs.end);
    (void)buf_printf(splice->out, "\"part\":%" PRIu64 ",\"parts\":%" PRIu64 ",\"unwrap\":\"%s\"",
        part, parts, name);
}

static void put_body(struct json_splice *splice, const struct rendering *record,
    const struct content *content)
{
    json_splice_copy(splice, record->body.start);
    (void)content_write(content, splice->out);
    json_splice_skip(splice, record->body.end);
}

static void put_envelope(struct json_splice *splice, const struct rendering *record,
    const struct event *event)
{
    json_splice_copy(splice, record->envelope.start);
    (void)buf_append(splice->out, event->envelope, event->envelope_length);
    json_splice_skip(splice, record->envelope.end);
}

static void put_error(struct buf *out, enum rendering_error error)
{
    (void)buf_printf(out, "\"error\":{\"stage\":\"unwrap\",\"code\":\"%s\",\"detail\":\"%s\"}",
        errors[error].code, errors[error].detail);
}

/* Write the places that change, in the order of the line, each once. */
static void put_places(struct json_splice *splice, const struct rendering *record,
    const struct event *event, uint64_t part, uint64_t parts)
{
    bool sqs = parts > 0;
    bool body = true;
    bool envelope = record->envelope.end > 0 && event->envelope != NULL;
    while (sqs || body || envelope) {
        size_t next = SIZE_MAX;
        if (sqs)
            next = record->sqs.start;
        if (body && record->body.start < next)
            next = record->body.start;
        if (envelope && record->envelope.start < next)
            next = record->envelope.start;
        if (sqs && next == record->sqs.start) {
            put_parts(splice, record, event->name, part, parts);
            sqs = false;
        } else if (body && next == record->body.start) {
            put_body(splice, record, &event->content);
            body = false;
        } else {
            put_envelope(splice, record, event);
            envelope = false;
        }
    }
}

void rendering_event(struct buf *out, const struct rendering *record, const struct event *event,
    uint64_t part, uint64_t parts)
{
    struct json_splice splice = { .out = out, .text = record->line, .length = record->length };
    put_places(&splice, record, event, part, parts);
    if (event->envelope != NULL && record->envelope.end == 0) {
        json_splice_open_end(&splice, record->end);
        (void)buf_puts(out, "\"envelope\":");
        (void)buf_append(out, event->envelope, event->envelope_length);
    }
    if (event->deep) {
        json_splice_open_end(&splice, record->end);
        put_error(out, RENDERING_DEEP);
    }
    (void)json_splice_finish(&splice); /* ${out->failed} records a failure */
}

void rendering_error(struct buf *out, const struct rendering *record, enum rendering_error error)
{
    struct json_splice splice = { .out = out, .text = record->line, .length = record->length };
    json_splice_open_end(&splice, record->end);
    put_error(out, error);
    (void)json_splice_finish(&splice); /* ${out->failed} records a failure */
}
