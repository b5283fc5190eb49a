#include <string.h>

#include "json/string.h"
#include "sqs/message.h"

enum {
    HANDLE_MAXIMUM = 16384,
    BODY_MAXIMUM = 4 << 20,
    TEXT_MAXIMUM = 1024,
    KEPT = 16 << 10 /* bytes to keep of a large one; there are as many messages as open receives */
};

void message_init(struct message *message)
{
    *message = (struct message){ .whole = true };
    buf_init(&message->message_id, TEXT_MAXIMUM);
    buf_init(&message->receipt_handle, HANDLE_MAXIMUM);
    buf_init(&message->md5_of_body, TEXT_MAXIMUM);
    buf_init(&message->md5_of_attributes, TEXT_MAXIMUM);
    buf_init(&message->body, BODY_MAXIMUM);
    buf_init(&message->sequence_number, TEXT_MAXIMUM);
    buf_init(&message->group_id, TEXT_MAXIMUM);
    buf_init(&message->deduplication_id, TEXT_MAXIMUM);
    buf_init(&message->attribute_text, BODY_MAXIMUM);
}

void message_free(struct message *message)
{
    buf_free(&message->message_id);
    buf_free(&message->receipt_handle);
    buf_free(&message->md5_of_body);
    buf_free(&message->md5_of_attributes);
    buf_free(&message->body);
    buf_free(&message->sequence_number);
    buf_free(&message->group_id);
    buf_free(&message->deduplication_id);
    buf_free(&message->attribute_text);
}

void message_clear(struct message *message)
{
    buf_clear(&message->message_id);
    buf_clear(&message->receipt_handle);
    buf_clear(&message->md5_of_body);
    buf_clear(&message->md5_of_attributes);
    buf_shrink(&message->body, KEPT);
    buf_clear(&message->sequence_number);
    buf_clear(&message->group_id);
    buf_clear(&message->deduplication_id);
    buf_shrink(&message->attribute_text, KEPT);
    message->sent_ms = message->first_received_ms = message->receive_count = 0;
    message->attribute_count = 0;
    message->whole = true;
}

/* Return a decimal number, or 0 for any other text. */
static uint64_t number(const char *text, size_t length)
{
    uint64_t result = 0;
    if (length > 18)
        return 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        result = result * 10 + (uint64_t)(text[i] - '0');
    }
    return result;
}

void message_system_attribute(struct message *message, const char *name, size_t name_length,
    const char *value, size_t value_length)
{
    const struct {
        const char *name;
        uint64_t *number;
        struct buf *text;
    } known[] = {
        { "SentTimestamp", &message->sent_ms, NULL },
        { "ApproximateFirstReceiveTimestamp", &message->first_received_ms, NULL },
        { "ApproximateReceiveCount", &message->receive_count, NULL },
        { "SequenceNumber", NULL, &message->sequence_number },
        { "MessageGroupId", NULL, &message->group_id },
        { "MessageDeduplicationId", NULL, &message->deduplication_id },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) != name_length || memcmp(known[i].name, name, name_length) != 0)
            continue;
        if (known[i].number != NULL) {
            *known[i].number = number(value, value_length);
        } else if (known[i].text != NULL) {
            buf_clear(known[i].text);
            buf_append(known[i].text, value, value_length);
        }
        return;
    }
}

void message_add_attribute(struct message *message, const struct attribute *attribute)
{
    struct buf *text = &message->attribute_text;
    if (message->attribute_count == ATTRIBUTE_READ_MAXIMUM || attribute->name_length == 0) {
        message->whole = false;
        return;
    }
    /* The buffer may still move: message_finish() sets the places. */
    buf_append(text, attribute->name, attribute->name_length);
    buf_append(text, attribute->type, attribute->type_length);
    buf_append(text, attribute->value, attribute->value_length);
    message->attributes[message->attribute_count++] = *attribute;
}

static void place_attributes(struct message *message)
{
    const char *at = message->attribute_text.data;
    for (size_t i = 0; i < message->attribute_count; i++) {
        struct attribute *attribute = &message->attributes[i];
        attribute->name = at;
        attribute->type = attribute->name + attribute->name_length;
        attribute->value = attribute->type + attribute->type_length;
        at = attribute->value + attribute->value_length;
    }
}

/* Check each text alone: a character split across two texts is invalid. */
static bool attribute_is_text(const struct attribute *attribute)
{
    return json_string_is_utf8(attribute->name, attribute->name_length) &&
        json_string_is_utf8(attribute->type, attribute->type_length) &&
        json_string_is_utf8(attribute->value, attribute->value_length);
}

void message_finish(struct message *message)
{
    const struct buf *const parts[] = { &message->message_id, &message->receipt_handle,
        &message->md5_of_body, &message->md5_of_attributes, &message->body,
        &message->sequence_number, &message->group_id, &message->deduplication_id };
    message->whole &= !message->attribute_text.failed;
    for (size_t i = 0; message->whole && i < sizeof parts / sizeof *parts; i++)
        message->whole = !parts[i]->failed && json_string_is_utf8(parts[i]->data, parts[i]->length);
    if (message->whole)
        place_attributes(message);
    for (size_t i = 0; message->whole && i < message->attribute_count; i++)
        message->whole = attribute_is_text(&message->attributes[i]);
    if (!message->whole)
        message->attribute_count = 0;
}
