#include "sqs/answer.h"
#include "sqs/answer_json.h"
#include "sqs/answer_xml.h"

enum {
    /* Ten messages of 1 MiB, mostly of characters written as six bytes. */
    AWAITED_MAXIMUM = 64 << 20,
    AWAITED_KEPT = 16 << 10
};

void answer_init(struct answer *answer)
{
    *answer = (struct answer){ .begun = false };
    found_init(&answer->found);
    buf_init(&answer->bytes, AWAITED_MAXIMUM);
}

void answer_free(struct answer *answer)
{
    answer_xml_free(answer->xml);
    answer_json_free(answer->json);
    found_free(&answer->found);
    buf_free(&answer->bytes);
}

/* Continue as an answer of that protocol, from its beginning. Return 0 or -1. */
static int open_reader(struct answer *answer, enum protocol language)
{
    answer->language = language;
    if (language == PROTOCOL_JSON)
        return answer->json != NULL || (answer->json = answer_json_new(&answer->found)) != NULL
            ? answer_json_begin(answer->json)
            : -1;
    return answer->xml != NULL || (answer->xml = answer_xml_new(&answer->found)) != NULL
        ? answer_xml_begin(answer->xml)
        : -1;
}

/* Prepare a reader, with nothing found yet. Return 0 or -1. */
static int begin(struct answer *answer)
{
    found_clear(&answer->found);
    answer->begun = false;
    return open_reader(answer, answer->protocol);
}

int answer_begin(struct answer *answer, enum protocol protocol, bool awaited,
    found_on_message *on_message, void *context)
{
    answer->protocol = protocol;
    answer->found.on_message = on_message;
    answer->found.context = context;
    answer->awaited = awaited;
    buf_shrink(&answer->bytes, AWAITED_KEPT);
    answer->waiting = answer->messages = 0;
    return begin(answer);
}

static void read_on(struct answer *answer, const char *data, size_t length)
{
    /* Some servers refuse JSON requests with an answer in XML. */
    if (!answer->begun && length > 0) {
        answer->begun = true;
        if (*data == '<' && open_reader(answer, PROTOCOL_QUERY) != 0)
            (void)open_reader(answer, PROTOCOL_JSON); /* the reader then reports it as malformed */
    }
    if (answer->language == PROTOCOL_JSON)
        answer_json_feed(answer->json, data, length);
    else
        answer_xml_feed(answer->xml, data, length);
}

static enum found_result read_end(struct answer *answer)
{
    enum found_result result = answer->language == PROTOCOL_JSON ? answer_json_finish(answer->json)
                                                                 : answer_xml_finish(answer->xml);
    bool refusal_only = answer->language != answer->protocol;
    return result == FOUND_WHOLE && refusal_only && !answer->found.is_error ? FOUND_MALFORMED
                                                                            : result;
}

void answer_feed(struct answer *answer, const char *data, size_t length)
{
    answer->waiting += length;
    if (answer->awaited) {
        buf_append(&answer->bytes, data, length);
        return;
    }
    read_on(answer, data, length);
    if (answer->messages != answer->found.messages)
        answer->waiting = 0;
    answer->messages = answer->found.messages;
}

size_t answer_waiting(const struct answer *answer)
{
    return answer->waiting;
}

void answer_shrink(struct answer *answer)
{
    message_clear(&answer->found.message);
    buf_shrink(&answer->bytes, AWAITED_KEPT);
    answer->waiting = 0;
}

/* Read an awaited answer twice: no message of an answer with a late fault may be handed on. */
static enum found_result finish_awaited(struct answer *answer)
{
    found_on_message *on_message = answer->found.on_message;
    enum found_result result = FOUND_NO_MEMORY;
    for (int pass = 0; pass < 2; pass++) {
        answer->found.on_message = pass == 0 ? NULL : on_message;
        if (answer->bytes.failed || begin(answer) != 0)
            return FOUND_NO_MEMORY;
        read_on(answer, answer->bytes.data, answer->bytes.length);
        result = read_end(answer);
        if (result != FOUND_WHOLE || answer->found.messages == 0)
            break;
    }
    if (result != FOUND_WHOLE)
        answer->found.messages = 0;
    return result;
}

enum found_result answer_finish(struct answer *answer, bool arrived)
{
    if (!answer->awaited)
        return read_end(answer);
    enum found_result result = arrived ? finish_awaited(answer) : FOUND_MALFORMED;
    buf_shrink(&answer->bytes, AWAITED_KEPT);
    return result;
}
