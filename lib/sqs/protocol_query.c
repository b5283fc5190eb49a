#include <stdio.h>
#include <string.h>

#include "aws/form.h"
#include "sqs/protocol_query.h"

static void write_receive(struct buf *out, const struct call *call)
{
    form_add_number(out, "MaxNumberOfMessages", call->maximum);
    form_add_number(out, "WaitTimeSeconds", call->wait_s);
    form_add_number(out, "VisibilityTimeout", call->visibility_timeout_s);
    /* Send both names: the first is deprecated, older servers do not know the second. */
    const char *names[CALL_SYSTEM_ATTRIBUTES];
    size_t count = call_system_attributes(call, names);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "&AttributeName.%zu=%s&MessageSystemAttributeName.%zu=%s", i + 1, names[i],
            i + 1, names[i]);
    for (size_t i = 0; i < call->attribute_name_count; i++) {
        char name[FORM_NAME_SIZE];
        (void)snprintf(name, sizeof name, "MessageAttributeName.%zu", i + 1);
        form_add(out, name, call->attribute_names[i], strlen(call->attribute_names[i]));
    }
    if (call->attempt_id[0] != '\0')
        form_add(out, "ReceiveRequestAttemptId", call->attempt_id, strlen(call->attempt_id));
}

static void write_attribute(struct buf *out, const char *action, size_t entry, size_t index,
    const struct attribute *attribute)
{
    char field[FORM_NAME_SIZE], name[FORM_NAME_SIZE];
    const char *value = attribute_is_binary(attribute) ? "BinaryValue" : "StringValue";
    (void)snprintf(field, sizeof field, "MessageAttribute.%zu.Name", index + 1);
    form_entry_name(name, action, entry, field);
    form_add(out, name, attribute->name, attribute->name_length);
    (void)snprintf(field, sizeof field, "MessageAttribute.%zu.Value.DataType", index + 1);
    form_entry_name(name, action, entry, field);
    form_add(out, name, attribute->type, attribute->type_length);
    (void)snprintf(field, sizeof field, "MessageAttribute.%zu.Value.%s", index + 1, value);
    form_entry_name(name, action, entry, field);
    form_add(out, name, attribute->value, attribute->value_length);
}

static void write_message(struct buf *out, const char *action, size_t entry,
    const struct call_message *message)
{
    char name[FORM_NAME_SIZE];
    for (size_t i = 0; i < message->attribute_count; i++)
        write_attribute(out, action, entry, i, &message->attributes[i]);
    if (message->group_id != NULL) {
        form_entry_name(name, action, entry, "MessageGroupId");
        form_add(out, name, message->group_id, message->group_id_length);
    }
    if (message->deduplication_id != NULL) {
        form_entry_name(name, action, entry, "MessageDeduplicationId");
        form_add(out, name, message->deduplication_id, message->deduplication_id_length);
    }
}

/* Ids are positions, so they are distinct for any messages. */
static void write_entries(struct buf *out, const struct call *call)
{
    const char *action = call_action(call);
    const char *field = call->operation == CALL_SEND ? "MessageBody" : "ReceiptHandle";
    char name[FORM_NAME_SIZE];
    for (size_t i = 0; i < call->count; i++) {
        form_entry_name(name, action, i, "Id");
        form_add_number(out, name, i);
        form_entry_name(name, action, i, field);
        form_add(out, name, call->entries[i].text, call->entries[i].length);
        if (call->operation == CALL_VISIBILITY) {
            form_entry_name(name, action, i, "VisibilityTimeout");
            form_add_number(out, name, call->visibility_timeout_s);
        }
        if (call->operation == CALL_SEND && call->entries[i].message != NULL)
            write_message(out, action, i, call->entries[i].message);
    }
}

static void write_queue_attributes(struct buf *out, const struct call *call)
{
    const char *names[CALL_QUEUE_ATTRIBUTE_NAMES];
    size_t count = call_queue_attributes(call, names);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "&AttributeName.%zu=%s", i + 1, names[i]);
}

void protocol_query_write(struct buf *out, const struct call *call, const char *queue_url)
{
    form_begin(out, call_action(call));
    if (call->operation == CALL_QUEUE_URL) {
        form_add(out, "QueueName", call->queue_name, strlen(call->queue_name));
        return;
    }
    form_add(out, "QueueUrl", queue_url, strlen(queue_url));
    switch (call->operation) {
    case CALL_RECEIVE:
        write_receive(out, call);
        break;
    case CALL_QUEUE_ATTRIBUTES:
        write_queue_attributes(out, call);
        break;
    default:
        write_entries(out, call);
        break;
    }
}
