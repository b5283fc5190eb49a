/*
 * Read any bytes as the answer of SQS to any call, in either protocol, whole and in pieces. The
 * input chooses the status and the error header. Messages handed on are well-formed, and pieces
 * give the same as a whole answer. A message for people holds only names, and the next answer is
 * read independently.
 */
#include "base/buf.h"
#include "fuzz.h"
#include "json/string.h"
#include "sqs/answer.h"
#include "sqs/call.h"

enum { MOST = 1 << 22 };

struct run {
    enum found_result result;
    struct buf told; /* the messages handed on, in order */
};

static void tell(struct buf *told, const char *text, size_t length)
{
    fuzz_require(length == 0 || text != NULL);
    buf_printf(told, "%zu:", length);
    buf_append(told, text, length);
}

static void on_message(void *context, const struct message *message)
{
    struct run *run = context;
    const struct buf *const parts[] = { &message->message_id, &message->receipt_handle,
        &message->md5_of_body, &message->md5_of_attributes, &message->body,
        &message->sequence_number, &message->group_id, &message->deduplication_id };
    unsigned char md5[ATTRIBUTE_MD5_SIZE];
    buf_printf(&run->told, "\nmessage %d ", message->whole);
    fuzz_require(message->attribute_count <= ATTRIBUTE_READ_MAXIMUM);
    fuzz_require(message->whole || message->attribute_count == 0);
    if (!message->whole)
        return;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        fuzz_require(!parts[i]->failed && json_string_is_utf8(parts[i]->data, parts[i]->length));
        tell(&run->told, parts[i]->data, parts[i]->length);
    }
    for (size_t i = 0; i < message->attribute_count; i++) {
        const struct attribute *attribute = &message->attributes[i];
        fuzz_require(attribute->name_length > 0 &&
            json_string_is_utf8(attribute->name, attribute->name_length) &&
            json_string_is_utf8(attribute->type, attribute->type_length) &&
            json_string_is_utf8(attribute->value, attribute->value_length));
        tell(&run->told, attribute->name, attribute->name_length);
        tell(&run->told, attribute->type, attribute->type_length);
        tell(&run->told, attribute->value, attribute->value_length);
    }
    (void)attribute_md5(message->attributes, message->attribute_count, md5);
    buf_printf(&run->told, "%llu %llu %llu", (unsigned long long)message->sent_ms,
        (unsigned long long)message->first_received_ms, (unsigned long long)message->receive_count);
}

static void tell_rest(struct run *run, const struct answer *answer)
{
    buf_printf(&run->told, "\nerror %d %s", answer->found.is_error, answer->found.code);
    fuzz_require(fuzz_is_line(answer->found.code, sizeof answer->found.code));
    for (size_t i = 0; i < FOUND_ENTRIES; i++) {
        const struct found_entry *entry = &answer->found.entries[i];
        fuzz_require(fuzz_is_line(entry->code, sizeof entry->code));
        fuzz_require(memchr(entry->md5_of_body, '\0', sizeof entry->md5_of_body) != NULL);
        fuzz_require(
            memchr(entry->md5_of_attributes, '\0', sizeof entry->md5_of_attributes) != NULL);
        buf_printf(&run->told, "\nentry %d %d %d %s %s %s", entry->given, entry->failed,
            entry->sender_fault, entry->code, entry->md5_of_body, entry->md5_of_attributes);
    }
    tell(&run->told, answer->found.queue_url.data, answer->found.queue_url.length);
    buf_printf(&run->told, "\ntimeout %d %llu", answer->found.has_visibility_timeout,
        (unsigned long long)answer->found.visibility_timeout_s);
}

/* ${piece}: bytes in each piece. */
static void read_answer(struct answer *answer, enum protocol protocol, bool awaited,
    const char *text, size_t length, size_t piece, struct run *run)
{
    buf_clear(&run->told);
    fuzz_require(answer_begin(answer, protocol, awaited, on_message, run) == 0);
    for (size_t at = 0; at < length; at += piece)
        answer_feed(answer, text + at, length - at < piece ? length - at : piece);
    run->result = answer_finish(answer, true);
    fuzz_require(run->result != FOUND_NO_MEMORY);
    fuzz_require(!awaited || run->result == FOUND_WHOLE || run->told.length == 0);
    tell_rest(run, answer);
    fuzz_require(!run->told.failed);
}

static void judge(const struct answer *answer, enum found_result result, uint8_t choice)
{
    static const unsigned statuses[] = { 200, 400, 403, 500 };
    struct http_request request = { .outcome = HTTP_OK, .status = statuses[choice & 3] };
    struct call call = { .operation = (choice >> 2) % (CALL_QUEUE_ATTRIBUTES + 1), .count = 0 };
    if (call.operation == CALL_DELETE || call.operation == CALL_VISIBILITY ||
        call.operation == CALL_SEND) {
        call.count = CALL_BATCH;
        for (size_t i = 0; i < CALL_BATCH; i++)
            call.entries[i] = (struct call_entry){ .text = "handle", .length = 6 };
    }
    /* Words in the header are foreign too: here, those of the queue URL. */
    size_t length = answer->found.queue_url.length;
    if (length >= sizeof request.error_name)
        length = sizeof request.error_name - 1;
    if ((choice & 0x80) != 0 && length > 0)
        memcpy(request.error_name, answer->found.queue_url.data, length);
    enum aws_cause cause = call_finish(&call, &request, &answer->found, result, "sqs.test");
    fuzz_require(cause == call.error.cause);
    fuzz_require(cause == AWS_OK || fuzz_is_line(call.error.text, sizeof call.error.text));
    fuzz_require(cause == AWS_OK || call.error.text[0] != '\0');
    fuzz_require(cause != AWS_OK || (request.status == 200 && result == FOUND_WHOLE));
    for (size_t i = 0; i < call.count && cause == AWS_OK; i++) {
        fuzz_require(fuzz_is_line(call.entries[i].code, sizeof call.entries[i].code));
        /* Only an action that the server confirmed counts as done. */
        fuzz_require(call.entries[i].cause != AWS_OK ||
            (answer->found.entries[i].given && !answer->found.entries[i].failed));
    }
}

static const char good_xml[] =
    "<ReceiveMessageResponse><ReceiveMessageResult><Message><MessageId>1</MessageId><Body>b</Body>"
    "</Message></ReceiveMessageResult></ReceiveMessageResponse>";
static const char good_json[] = "{\"Messages\":[{\"MessageId\":\"1\",\"Body\":\"b\"}]}";

static void require_good(struct answer *answer, enum protocol protocol, struct run *run)
{
    static struct run firsts[PROTOCOL_JSON + 1];
    const char *text = protocol == PROTOCOL_JSON ? good_json : good_xml;
    struct run *first = &firsts[protocol];
    read_answer(answer, protocol, false, text, strlen(text), SIZE_MAX / 2, run);
    fuzz_require(run->result == FOUND_WHOLE && answer->found.messages == 1);
    if (first->told.length == 0) {
        buf_init(&first->told, MOST);
        buf_append(&first->told, run->told.data, run->told.length);
    }
    fuzz_require(run->told.length == first->told.length &&
        memcmp(run->told.data, first->told.data, first->told.length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct answer answer;
    static struct run whole, pieces;
    if (size < 2)
        return 0;
    if (whole.told.maximum == 0) {
        answer_init(&answer);
        buf_init(&whole.told, MOST);
        buf_init(&pieces.told, MOST);
    }
    enum protocol protocol = (data[0] & 1) != 0 ? PROTOCOL_JSON : PROTOCOL_QUERY;
    bool awaited = (data[0] & 2) != 0;
    size_t piece = (size_t)(data[0] >> 2) + 1;
    const char *text = (const char *)data + 2;
    read_answer(&answer, protocol, awaited, text, size - 2, SIZE_MAX / 2, &whole);
    judge(&answer, whole.result, data[1]);
    read_answer(&answer, protocol, false, text, size - 2, piece, &pieces);
    fuzz_require(pieces.result == whole.result);
    fuzz_require(whole.result != FOUND_WHOLE ||
        (whole.told.length == pieces.told.length &&
            memcmp(whole.told.data, pieces.told.data, whole.told.length) == 0));
    require_good(&answer, PROTOCOL_QUERY, &pieces);
    require_good(&answer, PROTOCOL_JSON, &pieces);
    return 0;
}
