#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json/children.h"
#include "json/string.h"
#include "record/record.h"
#include "record/reserved.h"
#include "record/salvage.h"
#include "rendering.h"
#include "unwrap.h"

enum {
    KEPT = 1 << 20,
    MATCHES_KEPT = 1 << 16,
    MATCHES_MOST = 256 /* of a record whose body may be an envelope, and so has few members */
};

struct unwrap {
    struct unwrap_options options;
    struct events *events;
    struct salvage *salvage;
    struct json_paths *paths;
    struct json_paths *plain; /* the same without: */
    uint32_t member;          /* members of the body */
    uint32_t nodes[RESERVED_COUNT];
    struct json_matches matches;
    bool noted;     /* the members were noted with ${paths} */
    struct buf out; /* one record */
};

/* State of one message. */
struct pass {
    struct unwrap *unwrap;
    struct rendering record;
    bool has_members;
    struct json_children members; /* of the body */
    uint64_t count;               /* of its events so far */
    uint64_t bytes;               /* of their records */
    size_t longest;               /* of their records, as parts */
    uint64_t parts;               /* in the second pass: their number */
    bool named;                   /* a layer was removed from the only one */
    bool deep;                    /* the only one is too deep */
    bool any_deep;
    bool too_many;
    enum unwrap_result failed;
    struct out *to;
};

/* Make the paths of places in a record; equal nodes each time. */
static struct json_paths *paths_new(struct unwrap *unwrap)
{
    struct json_paths *paths = json_paths_new();
    if (paths != NULL && reserved_add(paths, unwrap->nodes) == 0)
        return paths;
    json_paths_free(paths);
    return NULL;
}

struct unwrap *unwrap_new(const struct unwrap_options *options)
{
    struct unwrap *unwrap = calloc(1, sizeof *unwrap);
    if (unwrap == NULL)
        return NULL;
    unwrap->options = *options;
    buf_init(&unwrap->out, options->maximum * 8 + (1 << 20));
    unwrap->events = events_new(&options->events);
    unwrap->salvage = salvage_new();
    unwrap->paths = paths_new(unwrap);
    unwrap->plain = paths_new(unwrap);
    if (unwrap->events == NULL || unwrap->salvage == NULL || unwrap->paths == NULL ||
        unwrap->plain == NULL)
        goto fail;
    unwrap->member = json_paths_other(unwrap->paths, unwrap->nodes[RESERVED_BODY]);
    if (unwrap->member == JSON_NO_NODE)
        goto fail;
    return unwrap;
fail:
    unwrap_free(unwrap);
    return NULL;
}

void unwrap_free(struct unwrap *unwrap)
{
    if (unwrap == NULL)
        return;
    buf_free(&unwrap->out);
    json_matches_free(&unwrap->matches);
    json_paths_free(unwrap->plain);
    json_paths_free(unwrap->paths);
    salvage_free(unwrap->salvage);
    events_free(unwrap->events);
    free(unwrap);
}

/* Pass the line on unchanged; a last one without LF stays so. */
static enum unwrap_result pass_on(const struct line *line, struct out *out)
{
    if (out_write(out, line->text, line->length) != 0 ||
        (!line->unended && out_write(out, "\n", 1) != 0))
        return UNWRAP_WRITE;
    return UNWRAP_OK;
}

static enum unwrap_result write_out(struct unwrap *unwrap, struct out *out)
{
    if (unwrap->out.failed)
        return UNWRAP_NO_MEMORY;
    return out_write(out, unwrap->out.data, unwrap->out.length) == 0 ? UNWRAP_OK : UNWRAP_WRITE;
}

/*
 * Scan the line. Note the members of the body, so that an envelope is not read twice. With many
 * members it is no envelope. *object is true when the line is a JSON object. Return 0, or -1 when
 * memory runs out.
 */
static int scan(struct unwrap *unwrap, const struct line *line, struct json_result *result,
    bool *object)
{
    struct json_matches *matches = &unwrap->matches;
    matches->most = MATCHES_MOST;
    unwrap->noted = json_scan(line->text, line->length, unwrap->paths, JSON_MAX_DEPTH, matches,
                        result) != JSON_TOO_MANY;
    if (!unwrap->noted) {
        matches->most = 0;
        (void)json_scan(line->text, line->length, unwrap->plain, JSON_MAX_DEPTH, matches, result);
    }
    *object = result->error == JSON_OK && result->kind == JSON_OBJECT;
    return result->error == JSON_TOO_MANY ? -1 : 0;
}

/*
 * *ours is true when the line is a record that may be unwrapped, with its places in ${pass}. Return
 * 0, or -1 when memory runs out.
 */
static int look_at(struct pass *pass, const struct line *line, bool *ours)
{
    struct unwrap *unwrap = pass->unwrap;
    struct rendering *record = &pass->record;
    const uint32_t *nodes = unwrap->nodes;
    const struct json_match *sqs = NULL;
    const struct json_match *body = NULL;
    const struct json_match *envelope = NULL;
    struct json_result result;
    bool object;
    *ours = false;
    if (scan(unwrap, line, &result, &object) != 0)
        return -1;
    if (!object)
        return 0;
    for (size_t i = 0; i < unwrap->matches.count; i++) {
        const struct json_match *match = &unwrap->matches.list[i];
        if (match->node == unwrap->member)
            continue;
        const struct json_match **place = match->node == nodes[RESERVED_BODY] ? &body
            : match->node == nodes[RESERVED_SQS]                              ? &sqs
            : match->node == nodes[RESERVED_ENVELOPE]                         ? &envelope
                                                                              : NULL;
        /* With a repeated member, two programs may read two different values. */
        if ((place != NULL && *place != NULL) || match->node == nodes[RESERVED_PII] ||
            match->node == nodes[RESERVED_ERROR])
            return 0;
        if (place != NULL)
            *place = match;
    }
    if (body == NULL)
        return 0;
    *record = (struct rendering){ .line = line->text,
        .length = line->length,
        .end = result.end,
        .body = { body->value, body->end } };
    if (sqs != NULL && sqs->kind == JSON_OBJECT)
        record->sqs = (struct rendering_place){ sqs->value, sqs->end };
    if (envelope != NULL)
        record->envelope = (struct rendering_place){ envelope->value, envelope->end };
    pass->has_members = unwrap->noted && body->kind == JSON_OBJECT;
    if (pass->has_members)
        json_children_noted(&pass->members, line->text, &unwrap->matches, body, unwrap->member);
    *ours = true;
    return 0;
}

/* Count how often "sqs" of the record has the member; *last is the last of them. */
static unsigned find(const struct rendering *record, const char *name, struct json_child *last)
{
    struct json_children members;
    struct json_child member;
    unsigned count = 0;
    if (record->sqs.end == 0 ||
        !json_children_open(&members, record->line + record->sqs.start,
            record->sqs.end - record->sqs.start))
        return 0;
    while (json_children_next(&members, &member)) {
        if (!json_string_equals(members.text + member.key, member.key_end - member.key, name,
                strlen(name)))
            continue;
        *last = member;
        count++;
    }
    return count;
}

static bool has_message_id(const struct rendering *record)
{
    struct json_child id;
    return find(record, "message_id", &id) == 1 && id.kind == JSON_STRING && id.end - id.value > 2;
}

/* First pass: count the events and their size; the first one stays rendered. */
static bool count_event(void *context, const struct event *event)
{
    struct pass *pass = context;
    struct unwrap *unwrap = pass->unwrap;
    const struct unwrap_options *options = &unwrap->options;
    size_t first = pass->count == 0 ? 0 : unwrap->out.length;
    if (pass->count >= options->parts) {
        pass->too_many = true;
        return false;
    }
    rendering_event(&unwrap->out, &pass->record, event, 0, 0);
    if (unwrap->out.failed) {
        pass->failed = UNWRAP_NO_MEMORY;
        return false;
    }
    size_t length = unwrap->out.length - first;
    pass->named = event->name[0] != '\0';
    pass->deep = event->deep;
    pass->any_deep = pass->any_deep || event->deep;
    pass->count++;
    size_t as_part = length - 1 + strlen(event->name) + RENDERING_PART_MAX;
    pass->bytes += as_part + 1;
    if (as_part > pass->longest)
        pass->longest = as_part;
    /* Its newline does not count. An unchanged record is no longer than before. */
    pass->too_many = (pass->named && length - 1 > options->maximum) ||
        (pass->count > 1 &&
            (pass->longest > options->maximum ||
                pass->bytes > (uint64_t)options->maximum * UNWRAP_MOST_TIMES));
    if (first > 0)
        unwrap->out.length = first;
    return !pass->too_many;
}

/* Second pass: write each event with its number. */
static bool write_event(void *context, const struct event *event)
{
    struct pass *pass = context;
    buf_shrink(&pass->unwrap->out, KEPT);
    rendering_event(&pass->unwrap->out, &pass->record, event, pass->count, pass->parts);
    pass->count++;
    pass->failed = write_out(pass->unwrap, pass->to);
    return pass->failed == UNWRAP_OK;
}

static enum events_result go_through(struct pass *pass, events_on_event *on_event)
{
    const struct rendering *record = &pass->record;
    const struct events_message message = { .body = record->line + record->body.start,
        .length = record->body.end - record->body.start,
        .members = pass->has_members ? &pass->members : NULL,
        .envelope = record->envelope.end == 0 ? NULL : record->line + record->envelope.start,
        .envelope_length = record->envelope.end - record->envelope.start };
    return events_each(pass->unwrap->events, &message, on_event, pass);
}

static enum unwrap_result write_error(struct unwrap *unwrap, const struct rendering *record,
    enum rendering_error error, struct out *out, struct unwrap_counts *counts)
{
    counts->errors++;
    buf_shrink(&unwrap->out, KEPT);
    rendering_error(&unwrap->out, record, error);
    return write_out(unwrap, out);
}

/* Write more than one event. */
static enum unwrap_result write_parts(struct pass *pass, const struct line *line,
    struct unwrap_counts *counts)
{
    struct unwrap *unwrap = pass->unwrap;
    struct json_child part;
    if (!has_message_id(&pass->record)) {
        counts->passed++;
        return pass_on(line, pass->to);
    }
    if (find(&pass->record, "part", &part) > 0)
        return write_error(unwrap, &pass->record, RENDERING_DEEP, pass->to, counts);
    pass->parts = pass->count;
    pass->count = 0;
    bool any_deep = pass->any_deep;
    enum events_result result = go_through(pass, write_event);
    if (pass->failed != UNWRAP_OK)
        return pass->failed;
    if (result != EVENTS_OK)
        return UNWRAP_NO_MEMORY; /* the first pass succeeded */
    counts->split++;
    counts->parts += pass->parts;
    counts->errors += any_deep;
    counts->unwrapped += !any_deep;
    events_count(unwrap->events, counts->kinds);
    return UNWRAP_OK;
}

/* Write the only event, already rendered. */
static enum unwrap_result write_one(struct pass *pass, const struct line *line,
    struct unwrap_counts *counts)
{
    if (pass->deep)
        return write_error(pass->unwrap, &pass->record, RENDERING_DEEP, pass->to, counts);
    if (!pass->named) {
        counts->left++;
        return pass_on(line, pass->to);
    }
    counts->unwrapped++;
    events_count(pass->unwrap->events, counts->kinds);
    return write_out(pass->unwrap, pass->to);
}

enum unwrap_result unwrap_line(struct unwrap *unwrap, const struct line *line, struct out *out,
    struct unwrap_counts *counts)
{
    struct pass pass = { .unwrap = unwrap, .to = out };
    counts->records++;
    json_matches_shrink(&unwrap->matches, MATCHES_KEPT);
    bool ours;
    if (look_at(&pass, line, &ours) != 0)
        return UNWRAP_NO_MEMORY;
    if (!ours) {
        counts->passed++;
        return pass_on(line, out);
    }
    buf_shrink(&unwrap->out, KEPT);
    switch (go_through(&pass, count_event)) {
    case EVENTS_OK:
        return pass.count == 1 ? write_one(&pass, line, counts) : write_parts(&pass, line, counts);
    case EVENTS_STOPPED:
        if (!pass.too_many)
            return pass.failed;
        return write_error(unwrap, &pass.record, RENDERING_TOO_MANY, out, counts);
    case EVENTS_TOO_BIG:
        return write_error(unwrap, &pass.record, RENDERING_TOO_MANY, out, counts);
    case EVENTS_EMPTY:
        return write_error(unwrap, &pass.record, RENDERING_EMPTY, out, counts);
    case EVENTS_DEEP:
        return write_error(unwrap, &pass.record, RENDERING_DEEP, out, counts);
    case EVENTS_NO_MEMORY:
        break;
    }
    return UNWRAP_NO_MEMORY;
}

enum unwrap_result unwrap_long_line(struct unwrap *unwrap, const struct line *line, struct out *out,
    struct unwrap_counts *counts)
{
    static const struct record_error error = { "unwrap", "too-long",
        "the line is longer than --max-record" };
    struct salvage_result found;
    counts->records++;
    counts->errors++;
    salvage_text(unwrap->salvage, line->text, line->length, &found);
    buf_shrink(&unwrap->out, KEPT);
    if (record_write_error(&unwrap->out, found.sqs, found.sqs_length, &error, NULL, 0) != 0)
        return UNWRAP_NO_MEMORY;
    return write_out(unwrap, out);
}
