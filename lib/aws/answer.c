#include <string.h>

#include "aws/answer.h"
#include "aws/answer_json.h"
#include "aws/answer_xml.h"

enum {
    TEXT_MAXIMUM = 1024,
    /* Ten messages of 1 MiB, most of it characters that are spelt with six. */
    AWAITED_MAXIMUM = 64 << 20,
    AWAITED_KEPT = 256 << 10
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
static enum answer_result finish_awaited(struct answer *answer, bool arrived)
{
    answer_on_message *on_message = answer->on_message;
    enum answer_result result = ANSWER_NO_MEMORY;
    if (!arrived)
        return ANSWER_MALFORMED;
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
    return answer->awaited ? finish_awaited(answer, arrived) : read_end(answer);
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

void answer_take_message(struct answer *answer)
{
    message_finish(&answer->message);
    answer->messages++;
    if (answer->on_message != NULL)
        answer->on_message(answer->context, &answer->message);
}

static bool is(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

static void take_md5(const struct buf *md5, char text[33])
{
    if (!md5->failed && md5->length == 32)
        memcpy(text, md5->data, md5->length);
}

static void take_code(const char *code, size_t length, char name[ERROR_NAME_SIZE])
{
    char text[TEXT_MAXIMUM];
    if (length == 0 || length >= sizeof text) {
        (void)error_code_name("", name);
        return;
    }
    memcpy(text, code, length);
    text[length] = '\0';
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
        entry->sender_fault = is(text->sender_fault.data, text->sender_fault.length, "true");
        take_code(text->code.data, text->code.length, entry->code);
    } else {
        take_md5(&text->md5_of_body, entry->md5_of_body);
        take_md5(&text->md5_of_attributes, entry->md5_of_attributes);
    }
}

void answer_take_attribute(struct answer *answer, const char *name, size_t name_length,
    const char *value, size_t value_length)
{
    uint64_t seconds = 0;
    if (!is(name, name_length, "VisibilityTimeout") || value_length == 0 || value_length > 18)
        return;
    for (size_t i = 0; i < value_length; i++) {
        if (value[i] < '0' || value[i] > '9')
            return;
        seconds = seconds * 10 + (uint64_t)(value[i] - '0');
    }
    answer->has_visibility_timeout = true;
    answer->visibility_timeout_s = seconds;
}

void answer_take_error(struct answer *answer, const char *code, size_t length)
{
    answer->is_error = true;
    if (length > 0)
        take_code(code, length, answer->code);
}
