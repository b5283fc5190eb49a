#include <stdlib.h>
#include <string.h>

#include "sqs/answer_xml.h"
#include "xml/xml.h"

enum { TEXT_MAXIMUM = 1024 };

/* Elements with a known meaning at their place, all inside the envelope. */
enum element {
    OTHER,
    ENVELOPE,
    MESSAGE,
    MESSAGE_ID,
    RECEIPT_HANDLE,
    MD5_OF_BODY,
    MD5_OF_ATTRIBUTES,
    BODY,
    SYSTEM_ATTRIBUTE,
    MESSAGE_ATTRIBUTE,
    MESSAGE_ATTRIBUTE_VALUE,
    DATA_TYPE,
    STRING_VALUE,
    BINARY_VALUE,
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
    enum element element;
    const char *name;
};

static const struct known known[] = {
    { ENVELOPE, MESSAGE, "Message" },
    { MESSAGE, MESSAGE_ID, "MessageId" },
    { MESSAGE, RECEIPT_HANDLE, "ReceiptHandle" },
    { MESSAGE, MD5_OF_BODY, "MD5OfBody" },
    { MESSAGE, MD5_OF_ATTRIBUTES, "MD5OfMessageAttributes" },
    { MESSAGE, BODY, "Body" },
    { MESSAGE, SYSTEM_ATTRIBUTE, "Attribute" },
    { SYSTEM_ATTRIBUTE, NAME, "Name" },
    { SYSTEM_ATTRIBUTE, VALUE, "Value" },
    { MESSAGE, MESSAGE_ATTRIBUTE, "MessageAttribute" },
    { MESSAGE_ATTRIBUTE, NAME, "Name" },
    { MESSAGE_ATTRIBUTE, MESSAGE_ATTRIBUTE_VALUE, "Value" },
    { MESSAGE_ATTRIBUTE_VALUE, DATA_TYPE, "DataType" },
    { MESSAGE_ATTRIBUTE_VALUE, STRING_VALUE, "StringValue" },
    { MESSAGE_ATTRIBUTE_VALUE, BINARY_VALUE, "BinaryValue" },
    { ENVELOPE, QUEUE_ATTRIBUTE, "Attribute" },
    { QUEUE_ATTRIBUTE, NAME, "Name" },
    { QUEUE_ATTRIBUTE, VALUE, "Value" },
    { ENVELOPE, DONE_ENTRY, "DeleteMessageBatchResultEntry" },
    { ENVELOPE, DONE_ENTRY, "ChangeMessageVisibilityBatchResultEntry" },
    { ENVELOPE, DONE_ENTRY, "SendMessageBatchResultEntry" },
    { DONE_ENTRY, ID, "Id" },
    { DONE_ENTRY, SENT_MD5, "MD5OfMessageBody" },
    { DONE_ENTRY, SENT_ATTRIBUTES_MD5, "MD5OfMessageAttributes" },
    { ENVELOPE, FAILED_ENTRY, "BatchResultErrorEntry" },
    { FAILED_ENTRY, ID, "Id" },
    { FAILED_ENTRY, SENDER_FAULT, "SenderFault" },
    { FAILED_ENTRY, CODE, "Code" },
    { ENVELOPE, ERROR, "Error" },
    { ERROR, ERROR_CODE, "Code" },
    { ENVELOPE, QUEUE_URL, "QueueUrl" },
};

struct answer_xml {
    struct found *found;
    struct xml *xml;
    enum element path[XML_MAX_DEPTH + 1];
    unsigned depth;
    bool foreign;       /* the document is not from SQS */
    struct buf *target; /* where the text of the current element goes; NULL to ignore it */
    struct buf code;    /* of an error */
    struct found_attribute_text attribute;
    struct found_entry_text entry;
};

static enum element element_of(enum element parent, const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].parent == parent && known[i].name[0] == name[0] &&
            strcmp(known[i].name, name) == 0)
            return known[i].element;
    return parent == ENVELOPE ? ENVELOPE : OTHER;
}

static struct buf *target_of(struct answer_xml *reader, enum element element)
{
    struct message *message = &reader->found->message;
    switch (element) {
    case MESSAGE_ID:
        return &message->message_id;
    case RECEIPT_HANDLE:
        return &message->receipt_handle;
    case MD5_OF_BODY:
        return &message->md5_of_body;
    case MD5_OF_ATTRIBUTES:
        return &message->md5_of_attributes;
    case BODY:
        return &message->body;
    case NAME:
        return &reader->attribute.name;
    case VALUE:
    case STRING_VALUE:
        return &reader->attribute.value;
    case DATA_TYPE:
        return &reader->attribute.type;
    case BINARY_VALUE:
        return &reader->attribute.binary;
    case ID:
        return &reader->entry.id;
    case SENDER_FAULT:
        return &reader->entry.sender_fault;
    case CODE:
        return &reader->entry.code;
    case SENT_MD5:
        return &reader->entry.md5_of_body;
    case SENT_ATTRIBUTES_MD5:
        return &reader->entry.md5_of_attributes;
    case ERROR_CODE:
        return &reader->code;
    case QUEUE_URL:
        return &reader->found->queue_url;
    default:
        return NULL;
    }
}

/* Accept ReceiveMessageResponse, ErrorResponse and so on: any other answer with status 200 comes
 * from another server. */
static bool is_response(const char *name)
{
    static const char suffix[] = "Response";
    size_t length = strlen(name);
    return length >= sizeof suffix - 1 && strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

static void on_start(void *context, const char *name)
{
    struct answer_xml *reader = context;
    enum element element = element_of(reader->path[reader->depth], name);
    if (reader->depth == 0)
        reader->foreign = !is_response(name);
    reader->path[++reader->depth] = element;
    reader->target = target_of(reader, element);
    if (reader->target != NULL)
        buf_clear(reader->target);
    switch (element) {
    case MESSAGE:
        message_clear(&reader->found->message);
        break;
    case SYSTEM_ATTRIBUTE:
    case MESSAGE_ATTRIBUTE:
    case QUEUE_ATTRIBUTE:
        found_attribute_text_clear(&reader->attribute);
        break;
    case DONE_ENTRY:
    case FAILED_ENTRY:
        found_entry_text_clear(&reader->entry);
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
    struct answer_xml *reader = context;
    if (reader->target != NULL)
        buf_append(reader->target, text, length);
}

static void on_end(void *context, const char *name)
{
    struct answer_xml *reader = context;
    struct found *found = reader->found;
    (void)name;
    switch (reader->path[reader->depth--]) {
    case MESSAGE:
        found_take_message(found);
        break;
    case SYSTEM_ATTRIBUTE:
        found_take_system_attribute(found, &reader->attribute);
        break;
    case MESSAGE_ATTRIBUTE:
        found_take_message_attribute(found, &reader->attribute);
        break;
    case QUEUE_ATTRIBUTE:
        found_take_queue_attribute(found, &reader->attribute);
        break;
    case DONE_ENTRY:
        found_take_entry(found, &reader->entry, false);
        break;
    case FAILED_ENTRY:
        found_take_entry(found, &reader->entry, true);
        break;
    case ERROR:
        found_take_error(found, &reader->code);
        break;
    default:
        break;
    }
    reader->target = NULL;
}

static const struct xml_handler handler = { on_start, on_text, on_end };

struct answer_xml *answer_xml_new(struct found *found)
{
    struct answer_xml *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->found = found;
    reader->xml = xml_open(&handler, reader);
    if (reader->xml == NULL) {
        free(reader);
        return NULL;
    }
    buf_init(&reader->code, TEXT_MAXIMUM);
    found_attribute_text_init(&reader->attribute);
    found_entry_text_init(&reader->entry);
    return reader;
}

void answer_xml_free(struct answer_xml *reader)
{
    if (reader == NULL)
        return;
    xml_free(reader->xml);
    buf_free(&reader->code);
    found_attribute_text_free(&reader->attribute);
    found_entry_text_free(&reader->entry);
    free(reader);
}

int answer_xml_begin(struct answer_xml *reader)
{
    reader->path[0] = ENVELOPE;
    reader->depth = 0;
    reader->foreign = false;
    reader->target = NULL;
    return xml_restart(reader->xml);
}

void answer_xml_feed(struct answer_xml *reader, const char *data, size_t length)
{
    (void)xml_feed(reader->xml, data, length); /* answer_xml_finish() returns the result */
}

enum found_result answer_xml_finish(struct answer_xml *reader)
{
    found_attribute_text_clear(&reader->attribute);
    switch (xml_finish(reader->xml)) {
    case XML_WELL:
        return reader->foreign ? FOUND_MALFORMED : FOUND_WHOLE;
    case XML_NO_MEMORY:
        return FOUND_NO_MEMORY;
    default:
        return FOUND_MALFORMED;
    }
}
