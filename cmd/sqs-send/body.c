#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "json/children.h"
#include "json/scan.h"
#include "json/string.h"
#include "record/record.h"
#include "record/verdict.h"

struct body_reader {
    struct json_paths *paths;
    struct record_nodes nodes;
    uint32_t fifo;
    uint32_t group_id; /* these two are below fifo */
    uint32_t deduplication_id;
    uint32_t old_group_id; /* these two are below sqs, as in version 0.1.0 */
    uint32_t old_deduplication_id;
    uint32_t attribute; /* any member of attributes; the next two are below it */
    uint32_t type;
    uint32_t value;
    struct json_matches matches;
    struct buf body;
    struct buf decoded; /* all other decoded texts; as large as the line, so that it never moves */
};

static uint32_t key(struct body_reader *reader, uint32_t parent, const char *name)
{
    return parent == JSON_NO_NODE ? JSON_NO_NODE
                                  : json_paths_key(reader->paths, parent, name, strlen(name));
}

static int add_paths(struct body_reader *reader)
{
    reader->paths = json_paths_new();
    if (reader->paths == NULL || record_nodes_add(reader->paths, &reader->nodes) != 0)
        return -1;
    reader->fifo = key(reader, JSON_ROOT, "fifo");
    reader->group_id = key(reader, reader->fifo, "message_group_id");
    reader->deduplication_id = key(reader, reader->fifo, "deduplication_id");
    reader->old_group_id = key(reader, reader->nodes.sqs, "message_group_id");
    reader->old_deduplication_id = key(reader, reader->nodes.sqs, "deduplication_id");
    reader->attribute = json_paths_other(reader->paths, reader->nodes.attributes);
    reader->type = key(reader, reader->attribute, "type");
    reader->value = key(reader, reader->attribute, "value");
    return reader->group_id == JSON_NO_NODE || reader->deduplication_id == JSON_NO_NODE ||
            reader->old_group_id == JSON_NO_NODE || reader->old_deduplication_id == JSON_NO_NODE ||
            reader->type == JSON_NO_NODE || reader->value == JSON_NO_NODE
        ? -1
        : 0;
}

struct body_reader *body_reader_new(void)
{
    struct body_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    buf_init(&reader->body, RECORD_MAX);
    buf_init(&reader->decoded, RECORD_MAX);
    if (add_paths(reader) != 0) {
        body_reader_free(reader);
        return NULL;
    }
    return reader;
}

void body_reader_free(struct body_reader *reader)
{
    if (reader == NULL)
        return;
    json_paths_free(reader->paths);
    json_matches_free(&reader->matches);
    buf_free(&reader->body);
    buf_free(&reader->decoded);
    free(reader);
}

/*
 * #x9 #xA #xD #x20-#xD7FF #xE000-#xFFFD #x10000-#x10FFFF. Of valid UTF-8 that leaves out the other
 * control characters and U+FFFE and U+FFFF (EF BF BE, EF BF BF).
 */
static bool allowed(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')
            return false;
        if (byte == 0xef && i + 2 < length && (unsigned char)text[i + 1] == 0xbf &&
            (unsigned char)text[i + 2] >= 0xbe)
            return false;
    }
    return true;
}

/* Decode the quoted string text[from, to); an empty string gets a text too. */
static struct body_text decode(struct body_reader *reader, const char *text, size_t from, size_t to)
{
    struct buf *decoded = &reader->decoded;
    size_t start = decoded->length;
    (void)json_string_decode(decoded, text + from, to - from); /* fails only when the buffer does */
    return (struct body_text){ decoded->data + start, decoded->length - start };
}

/* Find a text in the last sqs or fifo of the record, not in an earlier one. */
static struct body_text find_text(struct body_reader *reader, const char *text,
    const struct json_match *object, uint32_t node)
{
    const struct json_match *match = record_find(&reader->matches, node);
    if (match == NULL || match->kind != JSON_STRING || match->value < object->value)
        return (struct body_text){ NULL, 0 };
    return decode(reader, text, match->value, match->end);
}

/* Return the place of the attribute of this name, repeated or new; NULL when there are too many. */
static struct attribute *place(struct body_message *message, struct body_text name)
{
    for (size_t i = 0; i < message->attribute_count; i++) {
        struct attribute *known = &message->attributes[i];
        if (known->name_length == name.length && memcmp(known->name, name.text, name.length) == 0)
            return known;
    }
    return message->attribute_count < ATTRIBUTE_MAXIMUM
        ? &message->attributes[message->attribute_count++]
        : NULL;
}

static bool sound(const struct body_message *message)
{
    for (size_t i = 0; i < message->attribute_count; i++)
        if (!attribute_is_sound(&message->attributes[i]))
            return false;
    return true;
}

/* The matches are in the order of the text: an attribute, then its members. */
static enum body_result read_attributes(struct body_reader *reader, const char *text,
    struct body_message *message)
{
    const struct json_match *all = record_find(&reader->matches, reader->nodes.attributes);
    struct attribute *attribute = NULL;
    if (all == NULL || all->kind == JSON_NULL)
        return BODY_OK;
    if (all->kind != JSON_OBJECT)
        return BODY_ATTRIBUTES;
    for (size_t i = (size_t)(all - reader->matches.list); i < reader->matches.count; i++) {
        const struct json_match *match = &reader->matches.list[i];
        if (match->node == reader->attribute) {
            if (match->kind != JSON_OBJECT)
                return BODY_ATTRIBUTES;
            struct body_text name =
                decode(reader, text, match->key, json_key_end_before(text, match->value));
            attribute = place(message, name);
            if (attribute == NULL)
                return BODY_TOO_MANY;
            *attribute = (struct attribute){ .name = name.text, .name_length = name.length };
        } else if (match->node == reader->type || match->node == reader->value) {
            if (match->kind != JSON_STRING || attribute == NULL)
                return BODY_ATTRIBUTES;
            struct body_text part = decode(reader, text, match->value, match->end);
            bool type = match->node == reader->type;
            *(type ? &attribute->type : &attribute->value) = part.text;
            *(type ? &attribute->type_length : &attribute->value_length) = part.length;
        }
    }
    return sound(message) ? BODY_OK : BODY_ATTRIBUTES;
}

/* Return true when the record has an error and nothing else but sqs: its message must stay. */
static bool is_bare_error(struct body_reader *reader, const char *text,
    const struct json_result *whole)
{
    const struct json_match *sqs = record_find(&reader->matches, reader->nodes.sqs);
    const struct json_match *error = record_find(&reader->matches, reader->nodes.error);
    struct json_children members;
    struct json_child member;
    if (sqs == NULL || error == NULL || error->kind != JSON_OBJECT ||
        !json_children_open(&members, text + whole->start, whole->end - whole->start))
        return false;
    while (json_children_next(&members, &member)) {
        size_t at = whole->start + member.value;
        if (at != sqs->value && at != error->value)
            return false;
    }
    return true;
}

static enum body_result take(struct body_reader *reader, const char *text,
    const struct json_result *whole, struct body_message *message)
{
    struct buf *body = &reader->body;
    const struct json_match *match = record_find(&reader->matches, reader->nodes.body);
    enum body_result result = BODY_OK;
    if (match == NULL && is_bare_error(reader, text, whole))
        return BODY_NO_CONTENT;
    if (match == NULL)
        buf_append(body, text + whole->start, whole->end - whole->start);
    else if (match->kind == JSON_STRING)
        (void)record_string(text, match, body); /* fails only when the buffer does */
    else
        buf_append(body, text + match->value, match->end - match->value);
    if (match != NULL)
        result = read_attributes(reader, text, message);
    if (body->failed || reader->decoded.failed)
        return BODY_NO_MEMORY;
    if (result != BODY_OK)
        return result;
    if (body->length == 0)
        return BODY_EMPTY;
    if (body->length + attribute_bytes(message->attributes, message->attribute_count) >
        BODY_MAXIMUM)
        return BODY_TOO_BIG;
    for (size_t i = 0; i < message->attribute_count; i++)
        if (!allowed(message->attributes[i].value, message->attributes[i].value_length))
            return BODY_CHARACTERS;
    return allowed(body->data, body->length) ? BODY_OK : BODY_CHARACTERS;
}

/* A text in fifo takes precedence over one in sqs. */
static void take_later(struct body_text *text, struct body_text later)
{
    if (later.text != NULL)
        *text = later;
}

enum body_result body_read(struct body_reader *reader, const char *text, size_t length,
    struct body_message *message)
{
    struct json_result result;
    *message = (struct body_message){ .body = &reader->body };
    buf_shrink(&reader->body, BODY_MAXIMUM);
    buf_shrink(&reader->decoded, BODY_MAXIMUM);
    if (buf_reserve(&reader->decoded, length) == NULL)
        return BODY_NO_MEMORY;
    switch (json_scan(text, length, reader->paths, JSON_MAX_DEPTH, &reader->matches, &result)) {
    case JSON_OK:
        break;
    case JSON_TOO_MANY:
        return BODY_NO_MEMORY;
    default:
        return BODY_NOT_JSON;
    }
    const struct json_match *sqs = record_find(&reader->matches, reader->nodes.sqs);
    if (sqs != NULL && sqs->kind == JSON_OBJECT) {
        message->sqs = (struct body_text){ text + sqs->value, sqs->end - sqs->value };
        message->message_id = find_text(reader, text, sqs, reader->nodes.message_id);
        message->is_part = record_number(text, record_find(&reader->matches, reader->nodes.part),
                               VERDICT_MOST_PARTS, &message->part) == RECORD_NUMBER;
        message->group_id = find_text(reader, text, sqs, reader->old_group_id);
        message->deduplication_id = find_text(reader, text, sqs, reader->old_deduplication_id);
    }
    const struct json_match *fifo = record_find(&reader->matches, reader->fifo);
    if (fifo != NULL && fifo->kind == JSON_OBJECT) {
        take_later(&message->group_id, find_text(reader, text, fifo, reader->group_id));
        take_later(&message->deduplication_id,
            find_text(reader, text, fifo, reader->deduplication_id));
    }
    return take(reader, text, &result, message);
}

const char *body_result_text(enum body_result result)
{
    switch (result) {
    case BODY_OK:
        return "a message";
    case BODY_NOT_JSON:
        return "not JSON";
    case BODY_EMPTY:
        return "an empty message";
    case BODY_NO_CONTENT:
        return "an error record without content";
    case BODY_TOO_BIG:
        return "a message over 1 MiB";
    case BODY_CHARACTERS:
        return "a message with characters that SQS refuses";
    case BODY_ATTRIBUTES:
        return "a message with invalid attributes";
    case BODY_TOO_MANY:
        return "a message with more than ten attributes";
    case BODY_NO_MEMORY:
        break;
    }
    return "too large for memory";
}
