#include <string.h>

#include "base/clock.h"
#include "jq_precision.h"
#include "json/string.h"
#include "row_key.h"

enum { KEEP_TEXT = 1 << 20 };

/* Set the bytes of a string, decoded into ${scratch} if need be. Return 0, or -1 when memory runs
 * out. */
static int string_bytes(const char *text, const struct json_match *match, struct buf *scratch,
    const char **bytes, size_t *length)
{
    *bytes = text + match->value + 1;
    *length = match->end - match->value - 2;
    if (match->plain)
        return 0;
    buf_shrink(scratch, KEEP_TEXT);
    if (json_string_decode(scratch, text + match->value, match->end - match->value) != 0)
        return -1;
    *bytes = scratch->data == NULL ? "" : scratch->data;
    *length = scratch->length;
    return 0;
}

/* Set the name of the queue, "" without one. */
static int queue_name(const struct view *view, const char **name, size_t *length)
{
    const struct json_match *match =
        row_reader_find(view->reader, view->reader->plan->nodes.queue_url);
    *name = "";
    *length = 0;
    if (view->sqs == NULL || match == NULL || match->kind != JSON_STRING)
        return 0;
    const char *url;
    if (string_bytes(view->text, match, &view->reader->name, &url, length) != 0)
        return -1;
    *name = pg_key_queue(url, *length, length);
    return 0;
}

/* Set the text of a member of "sqs" unchanged, a string without its quotes; "" without one. */
static void plain_text(const struct view *view, uint32_t node, const char **text, size_t *length)
{
    const struct json_match *match = row_reader_find(view->reader, node);
    *text = "";
    *length = 0;
    if (match == NULL)
        return;
    size_t quote = match->kind == JSON_STRING;
    *text = view->text + match->value + quote;
    *length = match->end - match->value - 2 * quote;
}

int row_key_message(const struct view *view, struct item *item, size_t base)
{
    struct row_reader *reader = view->reader;
    const struct record_nodes *nodes = &reader->plan->nodes;
    const struct json_match *id = row_reader_find(reader, nodes->message_id);
    struct pg_key_source source = { .is_part = row_reader_find(reader, nodes->part) != NULL };
    const char *sent_at;
    size_t length;
    if (view->sqs == NULL || id == NULL || id->kind != JSON_STRING || id->end - id->value == 2)
        return 0;
    item->id = row_batch_span(base + id->value, id->end - id->value);
    item->has_message = true;
    item->is_part = source.is_part;
    if (string_bytes(view->text, id, &reader->text, &source.id, &source.id_length) != 0 ||
        queue_name(view, &source.queue, &source.queue_length) != 0)
        return -1;
    plain_text(view, nodes->sent_at, &sent_at, &length);
    source.sent_ms = clock_rfc3339_ms(sent_at, length);
    plain_text(view, nodes->part, &source.part, &source.part_length);
    plain_text(view, nodes->parts, &source.parts, &source.parts_length);
    plain_text(view, nodes->unwrap, &source.unwrap, &source.unwrap_length);
    pg_key_message(&source, &item->message_key);
    if (!pg_key_parse(source.id, source.id_length, &item->id_key))
        pg_key_digest(source.queue, source.queue_length, source.id, source.id_length,
            &item->id_key);
    return 0;
}

/* Return true when a filter would round two different long numbers to the same key. */
static bool would_round(const struct view *view, const struct source *source)
{
    const struct json_match *match = row_reader_find(view->reader, source->node);
    return source->filter != NULL && !source->whole && match != NULL &&
        jq_precision_exceeded(view->text + match->value, match->end - match->value);
}

/* Check that ${value}, which --key yields, is also the key that a jq makes that rounds numbers. */
static enum row_key same_rounded(const struct view *view, const struct value *value)
{
    struct value rounded = { NULL, 0, false };
    if (view->reader->plan->rounded_key.filter == NULL)
        return ROW_KEY_SET;
    enum found found = row_reader_evaluate(view, &view->reader->plan->rounded_key, &rounded);
    if (found == FOUND_FAILED)
        return ROW_KEY_NO_MEMORY;
    bool same = found == FOUND_VALUE && rounded.length == value->length &&
        memcmp(rounded.text, value->text, value->length) == 0;
    return same ? ROW_KEY_SET : ROW_KEY_MISSING;
}

enum row_key row_key_ledger(const struct view *view, struct item *item)
{
    struct row_reader *reader = view->reader;
    struct value value = { NULL, 0, false };
    if (!reader->plan->has_key) {
        item->has_key = item->has_message;
        item->ledger_key = item->message_key;
        return ROW_KEY_SET;
    }
    const char *queue;
    size_t queue_length;
    if (queue_name(view, &queue, &queue_length) != 0)
        return ROW_KEY_NO_MEMORY;
    if (would_round(view, &reader->plan->key))
        return ROW_KEY_MISSING;
    enum found found = row_reader_evaluate(view, &reader->plan->key, &value);
    if (found != FOUND_VALUE)
        return found == FOUND_FAILED ? ROW_KEY_NO_MEMORY : ROW_KEY_MISSING;
    enum row_key same = same_rounded(view, &value);
    if (same != ROW_KEY_SET)
        return same;
    if (value.text[0] == '"' && value.plain) {
        value.text++;
        value.length -= 2;
    } else if (value.text[0] == '"') {
        buf_shrink(&reader->text, KEEP_TEXT);
        if (json_string_decode(&reader->text, value.text, value.length) != 0)
            return ROW_KEY_NO_MEMORY;
        value.text = reader->text.data == NULL ? "" : reader->text.data;
        value.length = reader->text.length;
    }
    pg_key_digest(queue, queue_length, value.text, value.length, &item->ledger_key);
    item->has_key = true;
    return ROW_KEY_SET;
}
