#include "message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "record/salvage.h"
#include "rendering.h"

enum { KEPT = 1 << 20, MATCHES_KEPT = 1 << 16 };

struct message {
    struct message_options options;
    struct events *events;
    struct salvage *salvage;
    struct json_paths *paths;
    struct record_nodes nodes;
    uint32_t envelope;
    struct json_matches matches;
    struct buf out; /* one record */
};

/* One message on its way. */
struct pass {
    struct message *message;
    struct rendering record;
    uint64_t count; /* of its events so far */
    uint64_t bytes; /* of their records */
    uint64_t parts; /* the second time: how many there are */
    bool named;     /* something was taken off the only one */
    bool deep;      /* the only one is too deep */
    bool any_deep;
    bool too_many;
    enum message_result failed;
    struct out *to;
};

struct message *message_new(const struct message_options *options)
{
    struct message *message = calloc(1, sizeof *message);
    if (message == NULL)
        return NULL;
    message->options = *options;
    buf_init(&message->out, options->maximum * 8 + (1 << 20));
    message->events = events_new(&options->events);
    message->salvage = salvage_new();
    message->paths = json_paths_new();
    if (message->events == NULL || message->salvage == NULL || message->paths == NULL ||
        record_nodes_add(message->paths, &message->nodes) != 0)
        goto fail;
    message->envelope = json_paths_key(message->paths, JSON_ROOT, "envelope", 8);
    if (message->envelope == JSON_NO_NODE)
        goto fail;
    return message;
fail:
    message_free(message);
    return NULL;
}

void message_free(struct message *message)
{
    if (message == NULL)
        return;
    buf_free(&message->out);
    json_matches_free(&message->matches);
    json_paths_free(message->paths);
    salvage_free(message->salvage);
    events_free(message->events);
    free(message);
}

/* The line as it came; the last one without its LF stays without. */
static enum message_result pass_on(const struct line *line, struct out *out)
{
    if (out_write(out, line->text, line->length) != 0 ||
        (!line->unended && out_write(out, "\n", 1) != 0))
        return MESSAGE_WRITE;
    return MESSAGE_OK;
}

static enum message_result write_out(struct message *message, struct out *out)
{
    if (message->out.failed)
        return MESSAGE_NO_MEMORY;
    return out_write(out, message->out.data, message->out.length) == 0 ? MESSAGE_OK : MESSAGE_WRITE;
}

/* How often the member is there; *last is the last of them. */
static unsigned find(const struct message *message, uint32_t node, const struct json_match **last)
{
    unsigned count = 0;
    *last = NULL;
    for (size_t i = 0; i < message->matches.count; i++) {
        if (message->matches.list[i].node != node)
            continue;
        *last = &message->matches.list[i];
        count++;
    }
    return count;
}

/* Whether the line is a record that may be unwrapped, its places in ${record}. */
static bool is_ours(struct message *message, const struct line *line, struct rendering *record)
{
    const struct json_match *sqs, *body, *envelope, *other;
    struct json_result result;
    if (json_scan(line->text, line->length, message->paths, JSON_MAX_DEPTH, &message->matches,
            &result) != JSON_OK ||
        result.kind != JSON_OBJECT)
        return false;
    /* What stands there twice is read as the one by some and as the other by others. */
    if (find(message, message->nodes.body, &body) != 1 ||
        find(message, message->nodes.sqs, &sqs) > 1 ||
        find(message, message->envelope, &envelope) > 1 ||
        find(message, message->nodes.pii, &other) > 0 ||
        find(message, message->nodes.error, &other) > 0)
        return false;
    *record = (struct rendering){ .line = line->text,
        .length = line->length,
        .end = result.end,
        .body = { body->value, body->end } };
    if (sqs != NULL && sqs->kind == JSON_OBJECT)
        record->sqs = (struct rendering_place){ sqs->value, sqs->end };
    if (envelope != NULL)
        record->envelope = (struct rendering_place){ envelope->value, envelope->end };
    return true;
}

static bool has_message_id(const struct message *message)
{
    const struct json_match *id;
    return find(message, message->nodes.message_id, &id) == 1 && id->kind == JSON_STRING &&
        id->end - id->value > 2;
}

/* The first time: how many there are, and how large; the first one stays rendered. */
static bool count_event(void *context, const struct event *event)
{
    struct pass *pass = context;
    struct message *message = pass->message;
    const struct message_options *options = &message->options;
    size_t first = pass->count == 0 ? 0 : message->out.length;
    if (pass->count >= options->parts) {
        pass->too_many = true;
        return false;
    }
    rendering_event(&message->out, &pass->record, event, 0, 0);
    if (message->out.failed) {
        pass->failed = MESSAGE_NO_MEMORY;
        return false;
    }
    size_t length = message->out.length - first;
    pass->named = event->name[0] != '\0';
    pass->deep = event->deep;
    pass->any_deep = pass->any_deep || event->deep;
    pass->count++;
    pass->bytes += length + strlen(event->name) + RENDERING_PART_MAX;
    /* Its newline is no part of it. What came and stays is no longer than it was. */
    pass->too_many = (pass->named && length - 1 > options->maximum) ||
        (pass->count > 1 && pass->bytes > (uint64_t)options->maximum * MESSAGE_MOST_TIMES);
    if (first > 0)
        message->out.length = first;
    return !pass->too_many;
}

/* The second time: written, each with its number. */
static bool write_event(void *context, const struct event *event)
{
    struct pass *pass = context;
    buf_shrink(&pass->message->out, KEPT);
    rendering_event(&pass->message->out, &pass->record, event, pass->count, pass->parts);
    pass->count++;
    pass->failed = write_out(pass->message, pass->to);
    return pass->failed == MESSAGE_OK;
}

static enum events_result go_through(struct pass *pass, events_on_event *on_event)
{
    const struct rendering *record = &pass->record;
    const char *envelope = record->envelope.end == 0 ? NULL : record->line + record->envelope.start;
    return events_each(pass->message->events, record->line + record->body.start,
        record->body.end - record->body.start, envelope,
        record->envelope.end - record->envelope.start, on_event, pass);
}

static enum message_result write_error(struct message *message, const struct rendering *record,
    enum rendering_error error, struct out *out, struct message_counts *counts)
{
    counts->errors++;
    buf_shrink(&message->out, KEPT);
    rendering_error(&message->out, record, error);
    return write_out(message, out);
}

static void count_kinds(const struct message *message, struct message_counts *counts)
{
    for (enum kind kind = KIND_SNS; kind < KIND_COUNT; kind++)
        counts->kinds[kind] += events_count(message->events, kind);
}

/* More than one event. */
static enum message_result write_parts(struct pass *pass, const struct line *line,
    struct message_counts *counts)
{
    struct message *message = pass->message;
    const struct json_match *part;
    if (!has_message_id(message)) {
        counts->passed++;
        return pass_on(line, pass->to);
    }
    if (find(message, message->nodes.part, &part) > 0)
        return write_error(message, &pass->record, RENDERING_DEEP, pass->to, counts);
    pass->parts = pass->count;
    pass->count = 0;
    bool any_deep = pass->any_deep;
    enum events_result result = go_through(pass, write_event);
    if (pass->failed != MESSAGE_OK)
        return pass->failed;
    if (result != EVENTS_OK)
        return MESSAGE_NO_MEMORY; /* the first time all was fine */
    counts->split++;
    counts->parts += pass->parts;
    counts->errors += any_deep;
    counts->unwrapped += !any_deep;
    count_kinds(message, counts);
    return MESSAGE_OK;
}

/* One event, rendered. */
static enum message_result write_one(struct pass *pass, const struct line *line,
    struct message_counts *counts)
{
    if (pass->deep)
        return write_error(pass->message, &pass->record, RENDERING_DEEP, pass->to, counts);
    if (!pass->named) {
        counts->left++;
        return pass_on(line, pass->to);
    }
    counts->unwrapped++;
    count_kinds(pass->message, counts);
    return write_out(pass->message, pass->to);
}

enum message_result message_line(struct message *message, const struct line *line, struct out *out,
    struct message_counts *counts)
{
    struct pass pass = { .message = message, .to = out };
    counts->records++;
    json_matches_shrink(&message->matches, MATCHES_KEPT);
    if (!is_ours(message, line, &pass.record)) {
        counts->passed++;
        return pass_on(line, out);
    }
    buf_shrink(&message->out, KEPT);
    switch (go_through(&pass, count_event)) {
    case EVENTS_OK:
        return pass.count == 1 ? write_one(&pass, line, counts) : write_parts(&pass, line, counts);
    case EVENTS_STOPPED:
        if (!pass.too_many)
            return pass.failed;
        return write_error(message, &pass.record, RENDERING_TOO_MANY, out, counts);
    case EVENTS_TOO_BIG:
        return write_error(message, &pass.record, RENDERING_TOO_MANY, out, counts);
    case EVENTS_EMPTY:
        return write_error(message, &pass.record, RENDERING_EMPTY, out, counts);
    case EVENTS_DEEP:
        return write_error(message, &pass.record, RENDERING_DEEP, out, counts);
    case EVENTS_NO_MEMORY:
        break;
    }
    return MESSAGE_NO_MEMORY;
}

enum message_result message_long_line(struct message *message, const struct line *line,
    struct out *out, struct message_counts *counts)
{
    static const struct record_error error = { "unwrap", "too-long",
        "the line is longer than --max-record" };
    struct salvage_result found;
    counts->records++;
    counts->errors++;
    salvage_text(message->salvage, line->text, line->length, &found);
    buf_shrink(&message->out, KEPT);
    if (record_write_error(&message->out, found.sqs, found.sqs_length, &error, NULL, 0) != 0)
        return MESSAGE_NO_MEMORY;
    return write_out(message, out);
}
