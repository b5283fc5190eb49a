#include <string.h>

#include "json/string.h"
#include "sqs/protocol_json.h"

/* Each member is appended after a comma, except the first, QueueUrl or QueueName. */

static void put(struct buf *out, const char *text)
{
    (void)json_string_encode(out, text, strlen(text)); /* the buffer records a failure */
}

/* Append a text member; ${key} includes the punctuation around it. */
static void put_text(struct buf *out, const char *key, const char *text, size_t length)
{
    buf_puts(out, key);
    (void)json_string_encode(out, text, length);
}

static void put_number(struct buf *out, const char *key, unsigned number)
{
    buf_printf(out, "%s%u", key, number);
}

static void put_list(struct buf *out, const char *key, const char *const *names, size_t count)
{
    buf_puts(out, key);
    for (size_t i = 0; i < count; i++) {
        buf_putc(out, i == 0 ? '[' : ',');
        put(out, names[i]);
    }
    buf_puts(out, count == 0 ? "[]" : "]");
}

static void write_receive(struct buf *out, const struct call *call)
{
    const char *names[CALL_SYSTEM_ATTRIBUTES];
    size_t count = call_system_attributes(call, names);
    put_number(out, ",\"MaxNumberOfMessages\":", call->maximum);
    put_number(out, ",\"WaitTimeSeconds\":", call->wait_s);
    put_number(out, ",\"VisibilityTimeout\":", call->visibility_timeout_s);
    /* Send both names: the first is deprecated, older servers do not know the second. */
    put_list(out, ",\"AttributeNames\":", names, count);
    put_list(out, ",\"MessageSystemAttributeNames\":", names, count);
    if (call->attribute_name_count > 0)
        put_list(out, ",\"MessageAttributeNames\":", call->attribute_names,
            call->attribute_name_count);
    if (call->attempt_id[0] != '\0')
        put_text(out, ",\"ReceiveRequestAttemptId\":", call->attempt_id, strlen(call->attempt_id));
}

static void write_attribute(struct buf *out, const struct attribute *attribute)
{
    put_text(out, "", attribute->name, attribute->name_length);
    put_text(out, ":{\"DataType\":", attribute->type, attribute->type_length);
    put_text(out, attribute_is_binary(attribute) ? ",\"BinaryValue\":" : ",\"StringValue\":",
        attribute->value, attribute->value_length);
    buf_putc(out, '}');
}

static void write_message(struct buf *out, const struct call_message *message)
{
    for (size_t i = 0; i < message->attribute_count; i++) {
        buf_puts(out, i == 0 ? ",\"MessageAttributes\":{" : ",");
        write_attribute(out, &message->attributes[i]);
    }
    if (message->attribute_count > 0)
        buf_putc(out, '}');
    if (message->group_id != NULL)
        put_text(out, ",\"MessageGroupId\":", message->group_id, message->group_id_length);
    if (message->deduplication_id != NULL)
        put_text(out, ",\"MessageDeduplicationId\":", message->deduplication_id,
            message->deduplication_id_length);
}

/* Ids are positions, so they are distinct for any messages. */
static void write_entries(struct buf *out, const struct call *call)
{
    bool send = call->operation == CALL_SEND;
    buf_puts(out, ",\"Entries\":[");
    for (size_t i = 0; i < call->count; i++) {
        const struct call_entry *entry = &call->entries[i];
        buf_printf(out, "%s{\"Id\":\"%zu\"", i == 0 ? "" : ",", i);
        put_text(out, send ? ",\"MessageBody\":" : ",\"ReceiptHandle\":", entry->text,
            entry->length);
        if (call->operation == CALL_VISIBILITY)
            put_number(out, ",\"VisibilityTimeout\":", call->visibility_timeout_s);
        if (send && entry->message != NULL)
            write_message(out, entry->message);
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

static void write_queue_attributes(struct buf *out, const struct call *call)
{
    const char *names[CALL_QUEUE_ATTRIBUTE_NAMES];
    size_t count = call_queue_attributes(call, names);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s\"%s\"", i == 0 ? "[" : ",", names[i]);
    buf_putc(out, ']');
}

void protocol_json_write(struct buf *out, const struct call *call, const char *queue_url)
{
    if (call->operation == CALL_QUEUE_URL) {
        put_text(out, "{\"QueueName\":", call->queue_name, strlen(call->queue_name));
        buf_putc(out, '}');
        return;
    }
    put_text(out, "{\"QueueUrl\":", queue_url, strlen(queue_url));
    switch (call->operation) {
    case CALL_RECEIVE:
        write_receive(out, call);
        break;
    case CALL_QUEUE_ATTRIBUTES:
        buf_puts(out, ",\"AttributeNames\":");
        write_queue_attributes(out, call);
        break;
    default:
        write_entries(out, call);
        break;
    }
    buf_putc(out, '}');
}
