#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "json/scan.h"
#include "json/string.h"
#include "record/record.h"

struct body_reader {
    struct json_paths *paths;
    struct record_nodes nodes;
    struct json_matches matches;
    struct buf body;
};

struct body_reader *body_reader_new(void)
{
    struct body_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    buf_init(&reader->body, RECORD_MAX);
    reader->paths = json_paths_new();
    if (reader->paths == NULL || record_nodes_add(reader->paths, &reader->nodes) != 0) {
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

static enum body_result take(struct body_reader *reader, const char *text,
    const struct json_result *whole)
{
    struct buf *body = &reader->body;
    const struct json_match *match = record_find(&reader->matches, reader->nodes.body);
    buf_shrink(body, BODY_MAXIMUM);
    if (match == NULL)
        buf_append(body, text + whole->start, whole->end - whole->start);
    else if (match->kind == JSON_STRING)
        (void)record_string(text, match, body); /* fails only as the buffer does */
    else
        buf_append(body, text + match->value, match->end - match->value);
    if (body->failed)
        return BODY_NO_MEMORY;
    if (body->length == 0)
        return BODY_EMPTY;
    if (body->length > BODY_MAXIMUM)
        return BODY_TOO_BIG;
    return allowed(body->data, body->length) ? BODY_OK : BODY_CHARACTERS;
}

enum body_result body_read(struct body_reader *reader, const char *text, size_t length,
    const struct buf **body, const char **sqs, size_t *sqs_length)
{
    struct json_result result;
    *sqs = NULL;
    *sqs_length = 0;
    *body = &reader->body;
    switch (json_scan(text, length, reader->paths, JSON_MAX_DEPTH, &reader->matches, &result)) {
    case JSON_OK:
        break;
    case JSON_TOO_MANY:
        return BODY_NO_MEMORY;
    default:
        return BODY_NOT_JSON;
    }
    const struct json_match *match = record_find(&reader->matches, reader->nodes.sqs);
    if (match != NULL && match->kind == JSON_OBJECT) {
        *sqs = text + match->value;
        *sqs_length = match->end - match->value;
    }
    return take(reader, text, &result);
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
    case BODY_TOO_BIG:
        return "a message over 1 MiB";
    case BODY_CHARACTERS:
        return "a message with characters that SQS refuses";
    case BODY_NO_MEMORY:
        break;
    }
    return "too much for memory";
}
