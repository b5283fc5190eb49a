#include <string.h>

#include "sqs/answer.h"
#include "sqs/answer_json.h"
#include "sqs/answer_xml.h"

enum {
    TEXT_MAXIMUM = 1024,
    VALUE_MAXIMUM = 2 << 20,
    VALUE_KEPT = 16 << 10,
    /* Ten messages of 1 MiB, most of it characters that are spelt with six. */
    AWAITED_MAXIMUM = 64 << 20,
    AWAITED_KEPT = 16 << 10
};

void answer_init(struct answer *answer)
{
    *answer = (struct answer){ .messages = 0 };
    message_init(&answer->message);
    buf_init(&answer->queue_url, TEXT_MAXIMUM);
    buf_init(&answer->bytes, AWAITED_MAXIMUM);
}

void answer_free(struct answer *answer)
{
    answer_xml_free(answer->xml);
    answer_json_free(answer->json);
    message_free(&answer->message);
    buf_free(&answer->queue_url);
    buf_free(&answer->bytes);
}

/* Read on as an answer of that protocol, from its beginning. 0, or -1. */
static int open_reader(struct answer *answer, enum protocol language)
{
    answer->language = language;
    if (language == PROTOCOL_JSON)
        return answer->json != NULL || (answer->json = answer_json_new(answer)) != NULL
            ? answer_json_begin(answer->json)
            : -1;
    return answer->xml != NULL || (answer->xml = answer_xml_new(answer)) != NULL
        ? answer_xml_begin(answer->xml)
        : -1;
}

/* Make a reader ready, and nothing found yet. 0, or -1. */
static int begin(struct answer *answer)
{
    answer->is_error = false;
    answer->code[0] = '\0';
    memset(answer->entries, 0, sizeof answer->entries);
    buf_clear(&answer->queue_url);
    answer->has_visibility_timeout = false;
    answer->visibility_timeout_s = 0;
    answer->messages = 0;
    answer->begun = false;
    return open_reader(answer, answer->protocol);
}

int answer_begin(struct answer *answer, enum protocol protocol, bool awaited,
    answer_on_message *on_message, void *context)
{
    answer->protocol = protocol;
    answer->on_message = on_message;
    answer->context = context;
    answer->awaited = awaited;
    buf_shrink(&answer->bytes, AWAITED_KEPT);
    return begin(answer);
}

static void read_on(struct answer *answer, const char *data, size_t length)
{
    /* Some servers refuse requests in XML that they were asked in JSON. */
    if (!answer->begun && length > 0) {
        answer->begun = true;
        if (*data == '<' && open_reader(answer, PROTOCOL_QUERY) != 0)
            (void)open_reader(answer, PROTOCOL_JSON); /* which finds it malformed */
    }
    if (answer->language == PROTOCOL_JSON)
        answer_json_feed(answer->json, data, length);
    else
        answer_xml_feed(answer->xml, data, length);
}

static enum answer_result read_end(struct answer *answer)
{
    enum answer_result result = answer->language == PROTOCOL_JSON ? answer_json_finish(answer->json)
                                                                  : answer_xml_finish(answer->xml);
    bool refusal_only = answer->language != answer->protocol;
    return result == ANSWER_WHOLE && refusal_only && !answer->is_error ? ANSWER_MALFORMED : result;
}

void answer_feed(struct answer *answer, const char *data, size_t length)
{
    if (answer->awaited)
        buf_append(&answer->bytes, data, length);
    else
        read_on(answer, data, length);
}

/* Nothing is handed on of an answer with a fault at its end: so it is read twice. */
static enum answer_result finish_awaited(struct answer *answer)
{
    answer_on_message *on_message = answer->on_message;
    enum answer_result result = ANSWER_NO_MEMORY;
    for (int pass = 0; pass < 2; pass++) {
        answer->on_message = pass == 0 ? NULL : on_message;
        if (answer->bytes.failed || begin(answer) != 0)
            return ANSWER_NO_MEMORY;
        read_on(answer, answer->bytes.data, answer->bytes.length);
        result = read_end(answer);
        if (result != ANSWER_WHOLE || answer->messages == 0)
            break;
    }
    if (result != ANSWER_WHOLE)
        answer->messages = 0;
    return result;
}

enum answer_result answer_finish(struct answer *answer, bool arrived)
{
    if (!answer->awaited)
        return read_end(answer);
    enum answer_result result = arrived ? finish_awaited(answer) : ANSWER_MALFORMED;
    buf_shrink(&answer->bytes, AWAITED_KEPT);
    return result;
}

/* ---- what the readers find ---- */

void answer_entry_text_init(struct answer_entry_text *text)
{
    buf_init(&text->id, TEXT_MAXIMUM);
    buf_init(&text->sender_fault, TEXT_MAXIMUM);
    buf_init(&text->code, TEXT_MAXIMUM);
    buf_init(&text->md5_of_body, TEXT_MAXIMUM);
    buf_init(&text->md5_of_attributes, TEXT_MAXIMUM);
}

void answer_entry_text_clear(struct answer_entry_text *text)
{
    buf_clear(&text->id);
    buf_clear(&text->sender_fault);
    buf_clear(&text->code);
    buf_clear(&text->md5_of_body);
    buf_clear(&text->md5_of_attributes);
}

void answer_entry_text_free(struct answer_entry_text *text)
{
    buf_free(&text->id);
    buf_free(&text->sender_fault);
    buf_free(&text->code);
    buf_free(&text->md5_of_body);
    buf_free(&text->md5_of_attributes);
}

void answer_attribute_text_init(struct answer_attribute_text *text)
{
    buf_init(&text->name, TEXT_MAXIMUM);
    buf_init(&text->value, VALUE_MAXIMUM);
    buf_init(&text->type, TEXT_MAXIMUM);
    buf_init(&text->binary, VALUE_MAXIMUM);
}

void answer_attribute_text_clear(struct answer_attribute_text *text)
{
    buf_clear(&text->name);
    buf_shrink(&text->value, VALUE_KEPT);
    buf_clear(&text->type);
    buf_shrink(&text->binary, VALUE_KEPT);
}

void answer_attribute_text_free(struct answer_attribute_text *text)
{
    buf_free(&text->name);
    buf_free(&text->value);
    buf_free(&text->type);
    buf_free(&text->binary);
}

void answer_take_message(struct answer *answer)
{
    message_finish(&answer->message);
    answer->messages++;
    if (answer->on_message != NULL)
        answer->on_message(answer->context, &answer->message);
    /* Nothing large waits for the next: it may be long in coming, and others are under way. */
    message_clear(&answer->message);
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

/* Ids are the positions that we gave. */
void answer_take_entry(struct answer *answer, const struct answer_entry_text *text, bool failed)
{
    if (text->id.failed || text->id.length != 1 || text->id.data[0] < '0' || text->id.data[0] > '9')
        return;
    struct answer_entry *entry = &answer->entries[text->id.data[0] - '0'];
    *entry = (struct answer_entry){ .given = true, .failed = failed };
    if (failed) {
        entry->sender_fault = is(&text->sender_fault, "true");
        take_code(&text->code, entry->code);
    } else {
        take_md5(&text->md5_of_body, entry->md5_of_body);
        take_md5(&text->md5_of_attributes, entry->md5_of_attributes);
    }
}

/* One whose text could not be held is passed over. */
void answer_take_system_attribute(struct answer *answer, const struct answer_attribute_text *text)
{
    if (!text->name.failed && !text->value.failed)
        message_system_attribute(&answer->message, text->name.data, text->name.length,
            text->value.data, text->value.length);
}

void answer_take_message_attribute(struct answer *answer, const struct answer_attribute_text *text)
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
        answer->message.whole = false;
    else
        message_add_attribute(&answer->message, &attribute);
}

void answer_take_queue_attribute(struct answer *answer, const struct answer_attribute_text *text)
{
    const struct buf *value = &text->value;
    uint64_t seconds = 0;
    if (!is(&text->name, "VisibilityTimeout") || value->length == 0 || value->length > 18)
        return;
    for (size_t i = 0; i < value->length; i++) {
        if (value->data[i] < '0' || value->data[i] > '9')
            return;
        seconds = seconds * 10 + (uint64_t)(value->data[i] - '0');
    }
    answer->has_visibility_timeout = true;
    answer->visibility_timeout_s = seconds;
}

void answer_take_error(struct answer *answer, const struct buf *code)
{
    answer->is_error = true;
    if (code->length > 0 || code->failed)
        take_code(code, answer->code);
}
