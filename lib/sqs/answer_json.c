#include <stdlib.h>
#include <string.h>

#include "json/path.h"
#include "json/pieces.h"
#include "json/scan.h"
#include "json/string.h"
#include "sqs/answer_json.h"

enum {
    TEXT_MAXIMUM = 1024,
    KEPT = 16 << 10,
    /* A message of 1 MiB, each byte as a six-byte escape, and its other members. */
    PIECE_MAXIMUM = 8 << 20,
    REST_MAXIMUM = 1 << 20,
    DEPTH = 32 /* SQS documents at most five */
};

/* Nodes of a message object. */
struct message_nodes {
    uint32_t message_id;
    uint32_t receipt_handle;
    uint32_t md5_of_body;
    uint32_t md5_of_attributes;
    uint32_t body;
    uint32_t system_attribute;
    uint32_t attribute; /* with any name; these are below it: */
    uint32_t type;
    uint32_t string;
    uint32_t binary;
};

/* Nodes of the document around the messages. */
struct document_nodes {
    uint32_t messages;
    uint32_t message;
    uint32_t queue_url;
    uint32_t queue_attribute;
    uint32_t error; /* "__type" */
    uint32_t done;
    uint32_t done_id;
    uint32_t done_md5;
    uint32_t done_attributes_md5;
    uint32_t failed;
    uint32_t failed_id;
    uint32_t failed_fault;
    uint32_t failed_code;
};

struct answer_json {
    struct found *found;
    struct json_pieces pieces;
    struct json_paths *message_paths;
    struct json_paths *document_paths;
    struct message_nodes message;
    struct document_nodes document;
    struct json_matches matches;
    struct buf code; /* of an error */
    struct found_attribute_text attribute;
    bool in_attribute;
    struct found_entry_text entry;
    bool in_entry;
    bool entry_failed;
};

/* ---- text ---- */

/*
 * Decode a value into ${out}: the content of a string; a number, true or false as written, since
 * some servers omit the quotes; nothing for null and other values.
 */
static void take_text(struct buf *out, const char *text, const struct json_match *match)
{
    size_t length = match->end - match->value;
    buf_clear(out);
    if (match->kind == JSON_STRING && match->plain)
        buf_append(out, text + match->value + 1, length - 2);
    else if (match->kind == JSON_STRING)
        (void)json_string_decode(out, text + match->value,
            length); /* fails only when the buffer does */
    else if (match->kind == JSON_NUMBER || match->kind == JSON_TRUE || match->kind == JSON_FALSE)
        buf_append(out, text + match->value, length);
}

static void take_key(struct buf *out, const char *text, const struct json_match *match)
{
    buf_clear(out);
    (void)json_string_decode(out, text + match->key,
        json_key_end_before(text, match->value) - match->key);
}

/* Take an attribute that is a member with the value itself. */
static void take_member(struct found_attribute_text *out, const char *text,
    const struct json_match *match)
{
    take_key(&out->name, text, match);
    take_text(&out->value, text, match);
}

/* ---- a message ---- */

/* End the current attribute. */
static void end_attribute(struct answer_json *reader)
{
    if (reader->in_attribute)
        found_take_message_attribute(reader->found, &reader->attribute);
    reader->in_attribute = false;
}

static struct buf *attribute_part(struct answer_json *reader, uint32_t node)
{
    const struct message_nodes *nodes = &reader->message;
    return node == nodes->type  ? &reader->attribute.type
        : node == nodes->string ? &reader->attribute.value
        : node == nodes->binary ? &reader->attribute.binary
                                : NULL;
}

static struct buf *message_part(struct answer_json *reader, uint32_t node)
{
    const struct message_nodes *nodes = &reader->message;
    struct message *message = &reader->found->message;
    return node == nodes->message_id       ? &message->message_id
        : node == nodes->receipt_handle    ? &message->receipt_handle
        : node == nodes->md5_of_body       ? &message->md5_of_body
        : node == nodes->md5_of_attributes ? &message->md5_of_attributes
        : node == nodes->body              ? &message->body
                                           : NULL;
}

/* Of a repeated member, the last one counts. */
static void take_match(struct answer_json *reader, const char *text, const struct json_match *match)
{
    struct buf *part = message_part(reader, match->node);
    if (part == NULL)
        part = attribute_part(reader, match->node);
    if (part != NULL) {
        take_text(part, text, match);
        return;
    }
    end_attribute(reader);
    if (match->node == reader->message.system_attribute) {
        take_member(&reader->attribute, text, match);
        found_take_system_attribute(reader->found, &reader->attribute);
    } else if (match->node == reader->message.attribute) {
        found_attribute_text_clear(&reader->attribute);
        take_key(&reader->attribute.name, text, match);
        reader->in_attribute = true;
    }
}

static bool scan(struct answer_json *reader, const char *text, size_t length)
{
    struct json_result result;
    return json_scan(text, length, reader->message_paths, DEPTH, &reader->matches, &result) ==
        JSON_OK;
}

/*
 * Find the identity of a message that is not JSON: its id and, for the order of a FIFO queue, its
 * system attributes. Suspect bytes inside strings are read as question marks.
 */
static void take_identity(struct answer_json *reader, const char *text, size_t length)
{
    char *mended = malloc(length);
    bool inside = false;
    if (mended == NULL)
        return;
    memcpy(mended, text, length);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)mended[i];
        if (c == '"')
            inside = !inside;
        else if (inside && c == '\\' && i + 1 < length && mended[i + 1] == 'u')
            mended[i] = '?', mended[++i] = '?'; /* half of a surrogate pair */
        else if (inside && c == '\\')
            i++;
        else if (inside && (c < ' ' || c >= 0x80))
            mended[i] = '?';
    }
    if (scan(reader, mended, length))
        for (size_t i = 0; i < reader->matches.count; i++)
            if (reader->matches.list[i].node == reader->message.message_id ||
                reader->matches.list[i].node == reader->message.system_attribute)
                take_match(reader, mended, &reader->matches.list[i]);
    free(mended);
}

/* Take one message of the answer. A broken one does not affect the others. */
static void on_message(void *context, const char *text, size_t length)
{
    struct answer_json *reader = context;
    message_clear(&reader->found->message);
    reader->found->message.whole = text != NULL && scan(reader, text, length);
    if (reader->found->message.whole)
        for (size_t i = 0; i < reader->matches.count; i++)
            take_match(reader, text, &reader->matches.list[i]);
    else if (text != NULL)
        take_identity(reader, text, length);
    end_attribute(reader);
    found_take_message(reader->found);
}

/* ---- the document around the messages ---- */

static void end_entry(struct answer_json *reader)
{
    if (reader->in_entry)
        found_take_entry(reader->found, &reader->entry, reader->entry_failed);
    reader->in_entry = false;
}

static struct buf *entry_part(struct answer_json *reader, uint32_t node)
{
    const struct document_nodes *nodes = &reader->document;
    struct found_entry_text *entry = &reader->entry;
    return node == nodes->done_id || node == nodes->failed_id ? &entry->id
        : node == nodes->done_md5                             ? &entry->md5_of_body
        : node == nodes->done_attributes_md5                  ? &entry->md5_of_attributes
        : node == nodes->failed_fault                         ? &entry->sender_fault
        : node == nodes->failed_code                          ? &entry->code
                                                              : NULL;
}

/* Take a value outside the messages. Return false when SQS sends no such answer. */
static bool take_around(struct answer_json *reader, const char *text,
    const struct json_match *match)
{
    const struct document_nodes *nodes = &reader->document;
    struct buf *part = entry_part(reader, match->node);
    if (part != NULL) {
        take_text(part, text, match);
        return true;
    }
    end_entry(reader);
    if (match->node == nodes->done || match->node == nodes->failed) {
        found_entry_text_clear(&reader->entry);
        reader->in_entry = true;
        reader->entry_failed = match->node == nodes->failed;
    } else if (match->node == nodes->queue_url) {
        take_text(&reader->found->queue_url, text, match);
    } else if (match->node == nodes->queue_attribute) {
        take_member(&reader->attribute, text, match);
        found_take_queue_attribute(reader->found, &reader->attribute);
    } else if (match->node == nodes->error) {
        take_text(&reader->code, text, match);
        found_take_error(reader->found, &reader->code);
    }
    return (match->node != nodes->messages || match->kind == JSON_ARRAY ||
               match->kind == JSON_NULL) &&
        (match->node != nodes->message || match->kind == JSON_OBJECT);
}

/* ---- */

static uint32_t key(struct json_paths *paths, uint32_t parent, const char *name)
{
    return parent != JSON_NO_NODE ? json_paths_key(paths, parent, name, strlen(name)) : parent;
}

static uint32_t each(struct json_paths *paths, uint32_t parent)
{
    return parent != JSON_NO_NODE ? json_paths_each(paths, parent) : parent;
}

static uint32_t any(struct json_paths *paths, uint32_t parent)
{
    return parent != JSON_NO_NODE ? json_paths_other(paths, parent) : parent;
}

static bool add_message_paths(struct answer_json *reader)
{
    struct json_paths *paths = reader->message_paths;
    struct message_nodes *nodes = &reader->message;
    nodes->message_id = key(paths, JSON_ROOT, "MessageId");
    nodes->receipt_handle = key(paths, JSON_ROOT, "ReceiptHandle");
    nodes->md5_of_body = key(paths, JSON_ROOT, "MD5OfBody");
    nodes->md5_of_attributes = key(paths, JSON_ROOT, "MD5OfMessageAttributes");
    nodes->body = key(paths, JSON_ROOT, "Body");
    nodes->system_attribute = any(paths, key(paths, JSON_ROOT, "Attributes"));
    nodes->attribute = any(paths, key(paths, JSON_ROOT, "MessageAttributes"));
    nodes->type = key(paths, nodes->attribute, "DataType");
    nodes->string = key(paths, nodes->attribute, "StringValue");
    nodes->binary = key(paths, nodes->attribute, "BinaryValue");
    return nodes->message_id != JSON_NO_NODE && nodes->receipt_handle != JSON_NO_NODE &&
        nodes->md5_of_body != JSON_NO_NODE && nodes->md5_of_attributes != JSON_NO_NODE &&
        nodes->body != JSON_NO_NODE && nodes->system_attribute != JSON_NO_NODE &&
        nodes->type != JSON_NO_NODE && nodes->string != JSON_NO_NODE &&
        nodes->binary != JSON_NO_NODE;
}

static bool add_document_paths(struct answer_json *reader)
{
    struct json_paths *paths = reader->document_paths;
    struct document_nodes *nodes = &reader->document;
    nodes->messages = key(paths, JSON_ROOT, "Messages");
    nodes->message = each(paths, nodes->messages);
    nodes->queue_url = key(paths, JSON_ROOT, "QueueUrl");
    nodes->queue_attribute = any(paths, key(paths, JSON_ROOT, "Attributes"));
    nodes->error = key(paths, JSON_ROOT, "__type");
    nodes->done = each(paths, key(paths, JSON_ROOT, "Successful"));
    nodes->done_id = key(paths, nodes->done, "Id");
    nodes->done_md5 = key(paths, nodes->done, "MD5OfMessageBody");
    nodes->done_attributes_md5 = key(paths, nodes->done, "MD5OfMessageAttributes");
    nodes->failed = each(paths, key(paths, JSON_ROOT, "Failed"));
    nodes->failed_id = key(paths, nodes->failed, "Id");
    nodes->failed_fault = key(paths, nodes->failed, "SenderFault");
    nodes->failed_code = key(paths, nodes->failed, "Code");
    return nodes->message != JSON_NO_NODE && nodes->queue_url != JSON_NO_NODE &&
        nodes->queue_attribute != JSON_NO_NODE && nodes->error != JSON_NO_NODE &&
        nodes->done_id != JSON_NO_NODE && nodes->done_md5 != JSON_NO_NODE &&
        nodes->done_attributes_md5 != JSON_NO_NODE && nodes->failed_id != JSON_NO_NODE &&
        nodes->failed_fault != JSON_NO_NODE && nodes->failed_code != JSON_NO_NODE;
}

struct answer_json *answer_json_new(struct found *found)
{
    struct answer_json *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->found = found;
    json_pieces_init(&reader->pieces, "Messages", PIECE_MAXIMUM, REST_MAXIMUM);
    buf_init(&reader->code, TEXT_MAXIMUM);
    found_attribute_text_init(&reader->attribute);
    found_entry_text_init(&reader->entry);
    reader->message_paths = json_paths_new();
    reader->document_paths = json_paths_new();
    if (reader->message_paths == NULL || reader->document_paths == NULL ||
        !add_message_paths(reader) || !add_document_paths(reader)) {
        answer_json_free(reader);
        return NULL;
    }
    return reader;
}

void answer_json_free(struct answer_json *reader)
{
    if (reader == NULL)
        return;
    json_pieces_free(&reader->pieces);
    json_paths_free(reader->message_paths);
    json_paths_free(reader->document_paths);
    json_matches_free(&reader->matches);
    buf_free(&reader->code);
    found_attribute_text_free(&reader->attribute);
    found_entry_text_free(&reader->entry);
    free(reader);
}

int answer_json_begin(struct answer_json *reader)
{
    found_attribute_text_clear(&reader->attribute);
    reader->in_attribute = reader->in_entry = false;
    json_pieces_begin(&reader->pieces, on_message, reader, KEPT);
    return 0;
}

void answer_json_feed(struct answer_json *reader, const char *data, size_t length)
{
    if (length > 0)
        json_pieces_feed(&reader->pieces, data, length);
}

static enum found_result finish(struct answer_json *reader)
{
    struct buf *rest = &reader->pieces.rest;
    struct json_result result;
    if (rest->failed || rest->length == 0 ||
        json_scan(rest->data, rest->length, reader->document_paths, DEPTH, &reader->matches,
            &result) != JSON_OK ||
        result.kind != JSON_OBJECT)
        return FOUND_MALFORMED;
    for (size_t i = 0; i < reader->matches.count; i++)
        if (!take_around(reader, rest->data, &reader->matches.list[i]))
            return FOUND_MALFORMED;
    end_entry(reader);
    return FOUND_WHOLE;
}

enum found_result answer_json_finish(struct answer_json *reader)
{
    enum found_result result = finish(reader);
    buf_shrink(&reader->pieces.piece, KEPT);
    found_attribute_text_clear(&reader->attribute);
    return result;
}
