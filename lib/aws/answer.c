#include <stdlib.h>
#include <string.h>

#include "aws/answer.h"
#include "xml/xml.h"

enum { HANDLE_MAXIMUM = 16384, BODY_MAXIMUM = 4 << 20, TEXT_MAXIMUM = 1024, BODY_KEPT = 256 << 10 };

/* Elements of which we know what they mean where they stand; the envelope is all around them. */
enum element {
    OTHER,
    ENVELOPE,
    MESSAGE,
    MESSAGE_ID,
    RECEIPT_HANDLE,
    MD5_OF_BODY,
    BODY,
    MESSAGE_SYSTEM_ATTRIBUTE,
    QUEUE_ATTRIBUTE,
    NAME,
    VALUE,
    DONE_ENTRY,
    FAILED_ENTRY,
    ID,
    SENDER_FAULT,
    CODE,
    SENT_MD5,
    SENT_ATTRIBUTES_MD5,
    ERROR,
    ERROR_CODE,
    QUEUE_URL
};

struct known {
    enum element parent;
    const char *name;
    enum element element;
};

static const struct known known[] = {
    { ENVELOPE, "Message", MESSAGE },
    { MESSAGE, "MessageId", MESSAGE_ID },
    { MESSAGE, "ReceiptHandle", RECEIPT_HANDLE },
    { MESSAGE, "MD5OfBody", MD5_OF_BODY },
    { MESSAGE, "Body", BODY },
    { MESSAGE, "Attribute", MESSAGE_SYSTEM_ATTRIBUTE },
    { MESSAGE_SYSTEM_ATTRIBUTE, "Name", NAME },
    { MESSAGE_SYSTEM_ATTRIBUTE, "Value", VALUE },
    { ENVELOPE, "Attribute", QUEUE_ATTRIBUTE },
    { QUEUE_ATTRIBUTE, "Name", NAME },
    { QUEUE_ATTRIBUTE, "Value", VALUE },
    { ENVELOPE, "DeleteMessageBatchResultEntry", DONE_ENTRY },
    { ENVELOPE, "ChangeMessageVisibilityBatchResultEntry", DONE_ENTRY },
    { ENVELOPE, "SendMessageBatchResultEntry", DONE_ENTRY },
    { DONE_ENTRY, "Id", ID },
    { DONE_ENTRY, "MD5OfMessageBody", SENT_MD5 },
    { DONE_ENTRY, "MD5OfMessageAttributes", SENT_ATTRIBUTES_MD5 },
    { ENVELOPE, "BatchResultErrorEntry", FAILED_ENTRY },
    { FAILED_ENTRY, "Id", ID },
    { FAILED_ENTRY, "SenderFault", SENDER_FAULT },
    { FAILED_ENTRY, "Code", CODE },
    { ENVELOPE, "Error", ERROR },
    { ERROR, "Code", ERROR_CODE },
    { ENVELOPE, "QueueUrl", QUEUE_URL },
};

struct answer_reader {
    struct xml *xml;
    answer_on_message *on_message;
    void *context;
    enum element path[XML_MAX_DEPTH + 1];
    unsigned depth;
    bool foreign;       /* the document is none of SQS's */
    struct buf *target; /* where the text of the element at hand goes; NULL: nowhere */
    struct message message;
    struct buf name;
    struct buf value;
    struct buf id;
    struct buf sender_fault;
    struct buf code;
    struct buf md5;
    struct buf attributes_md5;
};

static enum element element_of(enum element parent, const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].parent == parent && strcmp(known[i].name, name) == 0)
            return known[i].element;
    return parent == ENVELOPE ? ENVELOPE : OTHER;
}

static struct buf *target_of(struct answer *answer, enum element element)
{
    struct answer_reader *reader = answer->reader;
    switch (element) {
    case MESSAGE_ID:
        return &reader->message.message_id;
    case RECEIPT_HANDLE:
        return &reader->message.receipt_handle;
    case MD5_OF_BODY:
        return &reader->message.md5_of_body;
    case BODY:
        return &reader->message.body;
    case NAME:
        return &reader->name;
    case VALUE:
        return &reader->value;
    case ID:
        return &reader->id;
    case SENDER_FAULT:
        return &reader->sender_fault;
    case CODE:
    case ERROR_CODE:
        return &reader->code;
    case SENT_MD5:
        return &reader->md5;
    case SENT_ATTRIBUTES_MD5:
        return &reader->attributes_md5;
    case QUEUE_URL:
        return &answer->queue_url;
    default:
        return NULL;
    }
}

static void clear_message(struct message *message)
{
    buf_clear(&message->message_id);
    buf_clear(&message->receipt_handle);
    buf_clear(&message->md5_of_body);
    buf_shrink(&message->body, BODY_KEPT);
    buf_clear(&message->sequence_number);
    message->sent_ms = message->first_received_ms = message->receive_count = 0;
    message->whole = true;
}

/* ReceiveMessageResponse, ErrorResponse …: whatever else comes with status 200 is from someone
 * else. */
static bool is_response(const char *name)
{
    static const char suffix[] = "Response";
    size_t length = strlen(name);
    return length >= sizeof suffix - 1 && strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

static void on_start(void *context, const char *name)
{
    struct answer *answer = context;
    struct answer_reader *reader = answer->reader;
    enum element element = element_of(reader->path[reader->depth], name);
    if (reader->depth == 0)
        reader->foreign = !is_response(name);
    reader->path[++reader->depth] = element;
    reader->target = target_of(answer, element);
    if (reader->target != NULL)
        buf_clear(reader->target);
    switch (element) {
    case MESSAGE:
        clear_message(&reader->message);
        break;
    case MESSAGE_SYSTEM_ATTRIBUTE:
    case QUEUE_ATTRIBUTE:
        buf_clear(&reader->name);
        buf_clear(&reader->value);
        break;
    case DONE_ENTRY:
    case FAILED_ENTRY:
        buf_clear(&reader->id);
        buf_clear(&reader->sender_fault);
        buf_clear(&reader->code);
        buf_clear(&reader->md5);
        buf_clear(&reader->attributes_md5);
        break;
    case ERROR:
        buf_clear(&reader->code);
        break;
    default:
        break;
    }
}

static void on_text(void *context, const char *text, size_t length)
{
    struct answer_reader *reader = ((struct answer *)context)->reader;
    if (reader->target != NULL)
        buf_append(reader->target, text, length);
}

static bool is(const struct buf *buf, const char *text)
{
    return !buf->failed && buf->length == strlen(text) && memcmp(buf->data, text, buf->length) == 0;
}

/* A decimal number; 0 for anything else. */
static uint64_t number(const struct buf *buf)
{
    uint64_t result = 0;
    if (buf->failed || buf->length == 0 || buf->length > 18)
        return 0;
    for (size_t i = 0; i < buf->length; i++) {
        if (buf->data[i] < '0' || buf->data[i] > '9')
            return 0;
        result = result * 10 + (uint64_t)(buf->data[i] - '0');
    }
    return result;
}

static void take_message_attribute(struct answer_reader *reader)
{
    struct message *message = &reader->message;
    if (is(&reader->name, "SentTimestamp")) {
        message->sent_ms = number(&reader->value);
    } else if (is(&reader->name, "ApproximateFirstReceiveTimestamp")) {
        message->first_received_ms = number(&reader->value);
    } else if (is(&reader->name, "ApproximateReceiveCount")) {
        message->receive_count = number(&reader->value);
    } else if (is(&reader->name, "SequenceNumber")) {
        buf_clear(&message->sequence_number);
        if (!reader->value.failed && reader->value.length > 0)
            buf_append(&message->sequence_number, reader->value.data, reader->value.length);
    }
}

static void take_queue_attribute(struct answer *answer)
{
    struct answer_reader *reader = answer->reader;
    if (is(&reader->name, "VisibilityTimeout") && reader->value.length > 0) {
        answer->has_visibility_timeout = true;
        answer->visibility_timeout_s = number(&reader->value);
    }
}

static void take_code(struct buf *code, char name[ERROR_NAME_SIZE])
{
    const char *text = code->length > 0 ? buf_cstr(code) : NULL;
    (void)error_code_name(text != NULL ? text : "unknown", name);
}

static void take_md5(const struct buf *md5, char text[33])
{
    if (md5->length == 32)
        memcpy(text, md5->data, md5->length);
}

/* Ids are the positions that we gave. */
static void take_entry(struct answer *answer, bool failed)
{
    struct answer_reader *reader = answer->reader;
    if (reader->id.failed || reader->id.length != 1 || reader->id.data[0] < '0' ||
        reader->id.data[0] > '9')
        return;
    struct answer_entry *entry = &answer->entries[reader->id.data[0] - '0'];
    *entry = (struct answer_entry){ .given = true, .failed = failed };
    if (failed) {
        entry->sender_fault = is(&reader->sender_fault, "true");
        take_code(&reader->code, entry->code);
    } else {
        take_md5(&reader->md5, entry->md5_of_body);
        take_md5(&reader->attributes_md5, entry->md5_of_attributes);
    }
}

static void take_message(struct answer *answer)
{
    struct answer_reader *reader = answer->reader;
    struct message *message = &reader->message;
    message->whole = !message->message_id.failed && !message->receipt_handle.failed &&
        !message->md5_of_body.failed && !message->body.failed && !message->sequence_number.failed;
    answer->messages++;
    if (reader->on_message != NULL)
        reader->on_message(reader->context, message);
}

static void on_end(void *context, const char *name)
{
    struct answer *answer = context;
    struct answer_reader *reader = answer->reader;
    (void)name;
    switch (reader->path[reader->depth--]) {
    case MESSAGE:
        take_message(answer);
        break;
    case MESSAGE_SYSTEM_ATTRIBUTE:
        take_message_attribute(reader);
        break;
    case QUEUE_ATTRIBUTE:
        take_queue_attribute(answer);
        break;
    case DONE_ENTRY:
        take_entry(answer, false);
        break;
    case FAILED_ENTRY:
        take_entry(answer, true);
        break;
    case ERROR:
        answer->is_error = true;
        if (reader->code.length > 0)
            take_code(&reader->code, answer->code);
        break;
    default:
        break;
    }
    reader->target = NULL;
}

static const struct xml_handler handler = { on_start, on_text, on_end };

int answer_init(struct answer *answer)
{
    *answer = (struct answer){ .reader = calloc(1, sizeof *answer->reader) };
    struct answer_reader *reader = answer->reader;
    if (reader == NULL)
        return -1;
    reader->xml = xml_open(&handler, answer);
    if (reader->xml == NULL) {
        free(reader);
        answer->reader = NULL;
        return -1;
    }
    buf_init(&answer->queue_url, TEXT_MAXIMUM);
    buf_init(&reader->message.message_id, TEXT_MAXIMUM);
    buf_init(&reader->message.receipt_handle, HANDLE_MAXIMUM);
    buf_init(&reader->message.md5_of_body, TEXT_MAXIMUM);
    buf_init(&reader->message.body, BODY_MAXIMUM);
    buf_init(&reader->message.sequence_number, TEXT_MAXIMUM);
    buf_init(&reader->name, TEXT_MAXIMUM);
    buf_init(&reader->value, TEXT_MAXIMUM);
    buf_init(&reader->id, TEXT_MAXIMUM);
    buf_init(&reader->sender_fault, TEXT_MAXIMUM);
    buf_init(&reader->code, TEXT_MAXIMUM);
    buf_init(&reader->md5, TEXT_MAXIMUM);
    buf_init(&reader->attributes_md5, TEXT_MAXIMUM);
    return 0;
}

void answer_free(struct answer *answer)
{
    struct answer_reader *reader = answer->reader;
    if (reader == NULL)
        return;
    xml_free(reader->xml);
    buf_free(&answer->queue_url);
    buf_free(&reader->message.message_id);
    buf_free(&reader->message.receipt_handle);
    buf_free(&reader->message.md5_of_body);
    buf_free(&reader->message.body);
    buf_free(&reader->message.sequence_number);
    buf_free(&reader->name);
    buf_free(&reader->value);
    buf_free(&reader->id);
    buf_free(&reader->sender_fault);
    buf_free(&reader->code);
    buf_free(&reader->md5);
    buf_free(&reader->attributes_md5);
    free(reader);
    *answer = (struct answer){ 0 };
}

int answer_begin(struct answer *answer, answer_on_message *on_message, void *context)
{
    struct answer_reader *reader = answer->reader;
    answer->is_error = false;
    answer->code[0] = '\0';
    memset(answer->entries, 0, sizeof answer->entries);
    buf_clear(&answer->queue_url);
    answer->has_visibility_timeout = false;
    answer->visibility_timeout_s = 0;
    answer->messages = 0;
    reader->on_message = on_message;
    reader->context = context;
    reader->path[0] = ENVELOPE;
    reader->depth = 0;
    reader->foreign = false;
    reader->target = NULL;
    return xml_restart(reader->xml);
}

void answer_feed(struct answer *answer, const char *data, size_t length)
{
    (void)xml_feed(answer->reader->xml, data, length); /* its result stays until answer_finish() */
}

enum answer_result answer_finish(struct answer *answer)
{
    switch (xml_finish(answer->reader->xml)) {
    case XML_WELL:
        return answer->reader->foreign ? ANSWER_MALFORMED : ANSWER_WHOLE;
    case XML_NO_MEMORY:
        return ANSWER_NO_MEMORY;
    default:
        return ANSWER_MALFORMED;
    }
}
