#include <string.h>

#include "sqs/found.h"

enum { TEXT_MAXIMUM = 1024, VALUE_MAXIMUM = 2 << 20, VALUE_KEPT = 16 << 10 };

void found_init(struct found *found)
{
    *found = (struct found){ .messages = 0 };
    message_init(&found->message);
    buf_init(&found->queue_url, TEXT_MAXIMUM);
    buf_init(&found->redrive_policy, TEXT_MAXIMUM);
}

void found_clear(struct found *found)
{
    found->is_error = false;
    found->code[0] = '\0';
    memset(found->entries, 0, sizeof found->entries);
    buf_clear(&found->queue_url);
    found->has_visibility_timeout = false;
    found->visibility_timeout_s = 0;
    buf_clear(&found->redrive_policy);
    found->has_depth = false;
    found->depth = (struct found_depth){ .messages = 0 };
    found->messages = 0;
}

void found_free(struct found *found)
{
    message_free(&found->message);
    buf_free(&found->redrive_policy);
    buf_free(&found->queue_url);
}

void found_entry_text_init(struct found_entry_text *text)
{
    buf_init(&text->id, TEXT_MAXIMUM);
    buf_init(&text->sender_fault, TEXT_MAXIMUM);
    buf_init(&text->code, TEXT_MAXIMUM);
    buf_init(&text->md5_of_body, TEXT_MAXIMUM);
    buf_init(&text->md5_of_attributes, TEXT_MAXIMUM);
}

void found_entry_text_clear(struct found_entry_text *text)
{
    buf_clear(&text->id);
    buf_clear(&text->sender_fault);
    buf_clear(&text->code);
    buf_clear(&text->md5_of_body);
    buf_clear(&text->md5_of_attributes);
}

void found_entry_text_free(struct found_entry_text *text)
{
    buf_free(&text->id);
    buf_free(&text->sender_fault);
    buf_free(&text->code);
    buf_free(&text->md5_of_body);
    buf_free(&text->md5_of_attributes);
}

void found_attribute_text_init(struct found_attribute_text *text)
{
    buf_init(&text->name, TEXT_MAXIMUM);
    buf_init(&text->value, VALUE_MAXIMUM);
    buf_init(&text->type, TEXT_MAXIMUM);
    buf_init(&text->binary, VALUE_MAXIMUM);
}

void found_attribute_text_clear(struct found_attribute_text *text)
{
    buf_clear(&text->name);
    buf_shrink(&text->value, VALUE_KEPT);
    buf_clear(&text->type);
    buf_shrink(&text->binary, VALUE_KEPT);
}

void found_attribute_text_free(struct found_attribute_text *text)
{
    buf_free(&text->name);
    buf_free(&text->value);
    buf_free(&text->type);
    buf_free(&text->binary);
}

void found_take_message(struct found *found)
{
    message_finish(&found->message);
    found->messages++;
    if (found->on_message != NULL)
        found->on_message(found->context, &found->message);
    /* Free large buffers: the next message may be late, and other answers are open. */
    message_clear(&found->message);
}

static bool is(const struct buf *text, const char *word)
{
    return text->length == strlen(word) && memcmp(text->data, word, text->length) == 0;
}

static void take_md5(const struct buf *md5, char text[33])
{
    if (!md5->failed && md5->length == 32)
        memcpy(text, md5->data, md5->length);
}

static void take_code(const struct buf *code, char name[ERROR_NAME_SIZE])
{
    char text[TEXT_MAXIMUM];
    if (code->failed || code->length == 0 || code->length >= sizeof text) {
        (void)error_code_name("", name);
        return;
    }
    memcpy(text, code->data, code->length);
    text[code->length] = '\0';
    (void)error_code_name(text, name);
}

/* The ids are the positions that we gave. */
void found_take_entry(struct found *found, const struct found_entry_text *text, bool failed)
{
    if (text->id.failed || text->id.length != 1 || text->id.data[0] < '0' || text->id.data[0] > '9')
        return;
    struct found_entry *entry = &found->entries[text->id.data[0] - '0'];
    *entry = (struct found_entry){ .given = true, .failed = failed };
    if (failed) {
        entry->sender_fault = is(&text->sender_fault, "true");
        take_code(&text->code, entry->code);
    } else {
        take_md5(&text->md5_of_body, entry->md5_of_body);
        take_md5(&text->md5_of_attributes, entry->md5_of_attributes);
    }
}

/* Ignore an attribute too long to hold. */
void found_take_system_attribute(struct found *found, const struct found_attribute_text *text)
{
    if (!text->name.failed && !text->value.failed)
        message_system_attribute(&found->message, text->name.data, text->name.length,
            text->value.data, text->value.length);
}

void found_take_message_attribute(struct found *found, const struct found_attribute_text *text)
{
    struct attribute attribute = {
        .name = text->name.data,
        .type = text->type.data,
        .name_length = text->name.length,
        .type_length = text->type.length,
    };
    const struct buf *value = attribute_is_binary(&attribute) ? &text->binary : &text->value;
    attribute.value = value->data;
    attribute.value_length = value->length;
    if (text->name.failed || text->type.failed || value->failed)
        found->message.whole = false;
    else
        message_add_attribute(&found->message, &attribute);
}

/* Read a number with few enough digits to fit. */
static bool read_number(const struct buf *text, uint64_t *number)
{
    uint64_t read = 0;
    if (text->length == 0 || text->length > 18)
        return false;
    for (size_t i = 0; i < text->length; i++) {
        if (text->data[i] < '0' || text->data[i] > '9')
            return false;
        read = read * 10 + (uint64_t)(text->data[i] - '0');
    }
    *number = read;
    return true;
}

void found_take_queue_attribute(struct found *found, const struct found_attribute_text *text)
{
    const struct buf *value = &text->value;
    if (is(&text->name, "RedrivePolicy")) {
        buf_clear(&found->redrive_policy);
        buf_append(&found->redrive_policy, value->data, value->length);
    } else if (is(&text->name, "VisibilityTimeout")) {
        if (read_number(value, &found->visibility_timeout_s))
            found->has_visibility_timeout = true;
    } else if (is(&text->name, "ApproximateNumberOfMessages")) {
        if (read_number(value, &found->depth.messages))
            found->has_depth = true;
    } else if (is(&text->name, "ApproximateNumberOfMessagesNotVisible")) {
        (void)read_number(value, &found->depth.in_flight); /* otherwise 0, as at the start */
    } else if (is(&text->name, "ApproximateNumberOfMessagesDelayed")) {
        (void)read_number(value, &found->depth.delayed);
    }
}

void found_take_error(struct found *found, const struct buf *code)
{
    found->is_error = true;
    if (code->length > 0 || code->failed)
        take_code(code, found->code);
}
