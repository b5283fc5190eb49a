#include <string.h>

#include "json/string.h"
#include "record/record.h"
#include "record/reserved.h"

static uint32_t key(struct json_paths *paths, uint32_t parent, const char *name)
{
    return parent == JSON_NO_NODE ? JSON_NO_NODE
                                  : json_paths_key(paths, parent, name, strlen(name));
}

int record_nodes_add(struct json_paths *paths, struct record_nodes *nodes)
{
    uint32_t reserved[RESERVED_COUNT];
    if (reserved_add(paths, reserved) != 0)
        return -1;
    nodes->sqs = reserved[RESERVED_SQS];
    nodes->queue_url = key(paths, nodes->sqs, "queue_url");
    nodes->message_id = key(paths, nodes->sqs, "message_id");
    nodes->receipt_handle = key(paths, nodes->sqs, "receipt_handle");
    nodes->sent_at = key(paths, nodes->sqs, "sent_at");
    nodes->part = key(paths, nodes->sqs, "part");
    nodes->parts = key(paths, nodes->sqs, "parts");
    nodes->unwrap = key(paths, nodes->sqs, "unwrap");
    nodes->attributes = reserved[RESERVED_ATTRIBUTES];
    nodes->body = reserved[RESERVED_BODY];
    nodes->pii = reserved[RESERVED_PII];
    nodes->pii_key = key(paths, nodes->pii, "key");
    nodes->error = reserved[RESERVED_ERROR];
    nodes->error_stage = key(paths, nodes->error, "stage");
    nodes->error_code = key(paths, nodes->error, "code");
    nodes->sealed = reserved[RESERVED_SEALED];
    const uint32_t all[] = { nodes->queue_url, nodes->message_id, nodes->receipt_handle,
        nodes->sent_at, nodes->part, nodes->parts, nodes->unwrap, nodes->pii_key,
        nodes->error_stage, nodes->error_code };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] == JSON_NO_NODE)
            return -1;
    return 0;
}

const struct json_match *record_find(const struct json_matches *matches, uint32_t node)
{
    for (size_t i = matches->count; i-- > 0;)
        if (matches->list[i].node == node && matches->list[i].end != UINT32_MAX)
            return &matches->list[i];
    return NULL;
}

int record_string(const char *text, const struct json_match *match, struct buf *out)
{
    buf_clear(out);
    if (match == NULL || match->kind != JSON_STRING)
        return -1;
    if (match->plain)
        return buf_append(out, text + match->value + 1, match->end - match->value - 2);
    return json_string_decode(out, text + match->value, match->end - match->value);
}

enum record_number record_number(const char *text, const struct json_match *match, uint32_t most,
    uint32_t *number)
{
    uint64_t value = 0;
    *number = 0;
    if (match == NULL)
        return RECORD_NUMBER_NONE;
    for (size_t at = match->value; at < match->end; at++) {
        if (text[at] < '0' || text[at] > '9')
            return RECORD_NUMBER_OTHER;
        value = value * 10 + (uint64_t)(text[at] - '0');
        if (value > most)
            return RECORD_NUMBER_OTHER;
    }
    *number = (uint32_t)value;
    return RECORD_NUMBER;
}

/* Write the value of the error member. */
static void write_error_value(struct buf *out, const struct record_error *error)
{
    buf_puts(out, "{\"stage\":");
    json_string_encode(out, error->stage, strlen(error->stage));
    buf_puts(out, ",\"code\":");
    json_string_encode(out, error->code, strlen(error->code));
    if (error->detail != NULL) {
        buf_puts(out, ",\"detail\":");
        json_string_encode(out, error->detail, strlen(error->detail));
    }
    buf_putc(out, '}');
}

int record_write_error(struct buf *out, const char *sqs, size_t sqs_length,
    const struct record_error *error, const char *sealed, size_t sealed_length)
{
    buf_putc(out, '{');
    if (sqs != NULL) {
        buf_puts(out, "\"sqs\":");
        buf_append(out, sqs, sqs_length);
        buf_putc(out, ',');
    }
    buf_puts(out, "\"error\":");
    write_error_value(out, error);
    if (sealed != NULL) {
        buf_puts(out, ",\"sealed\":\"");
        buf_append(out, sealed, sealed_length);
        buf_putc(out, '"');
    }
    buf_puts(out, "}\n");
    return out->failed ? -1 : 0;
}
