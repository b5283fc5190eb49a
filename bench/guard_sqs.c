/* The work of sqs-pull on the answers to its receives, in either protocol: record lines. */
#include <string.h>

#include "../cmd/sqs-pull/format.h"
#include "crypto/digest.h"
#include "guard.h"
#include "sqs/answer.h"
#include "texts.h"

enum { MESSAGES = 10 }; /* in an answer */

static struct answer answer;
static struct format *format;
static enum protocol protocol;
static size_t formatted;

/* Append it unchanged, in the spelling of XML, or in that of a JSON string. */
static void put_body(const struct buf *body)
{
    for (size_t i = 0; i < body->length; i++) {
        if (body->data[i] == '"')
            buf_puts(&guard_text, protocol == PROTOCOL_JSON ? "\\\"" : "&quot;");
        else
            buf_putc(&guard_text, body->data[i]);
    }
}

static void put_message(unsigned number)
{
    static const char handle[] = "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0aAQEBwJnKyrHigUMZj6rYigCgxla";
    static struct buf body = { .maximum = GUARD_MOST };
    unsigned char md5[DIGEST_MD5_SIZE];
    char hex[2 * DIGEST_MD5_SIZE + 1] = "";
    bool json = protocol == PROTOCOL_JSON;
    buf_clear(&body);
    texts_body(&body);
    guard_require(digest_md5(body.data, body.length, md5) == 0, "no MD5");
    digest_hex(md5, sizeof md5, hex);
    buf_printf(&guard_text,
        json ? "{\"MessageId\":\"%08x-0000-4000-8000-000000000000\",\"ReceiptHandle\":\"%s%s%s\","
               "\"MD5OfBody\":\"%s\",\"Body\":\""
             : "<Message><MessageId>%08x-0000-4000-8000-000000000000</MessageId><ReceiptHandle>"
               "%s%s%s</ReceiptHandle><MD5OfBody>%s</MD5OfBody><Body>",
        number, handle, handle, handle, hex);
    put_body(&body);
    buf_puts(&guard_text,
        json ? "\",\"Attributes\":{\"SentTimestamp\":\"1772694489123\","
               "\"ApproximateFirstReceiveTimestamp\":\"1772694490000\","
               "\"ApproximateReceiveCount\":\"1\"}}"
             : "</Body><Attribute><Name>SentTimestamp</Name><Value>1772694489123</Value>"
               "</Attribute><Attribute><Name>ApproximateFirstReceiveTimestamp</Name>"
               "<Value>1772694490000</Value></Attribute><Attribute><Name>ApproximateReceiveCount"
               "</Name><Value>1</Value></Attribute></Message>");
}

static void open_answers(enum protocol which)
{
    static const struct attributes none;
    static const struct format_options options = { .attributes = &none };
    protocol = which;
    for (unsigned i = 0; i < GUARD_RECORDS; i += MESSAGES) {
        buf_puts(&guard_text,
            which == PROTOCOL_JSON ? "{\"Messages\":["
                                   : "<ReceiveMessageResponse><ReceiveMessageResult>");
        for (unsigned k = 0; k < MESSAGES; k++) {
            if (which == PROTOCOL_JSON && k > 0)
                buf_putc(&guard_text, ',');
            put_message(i + k);
        }
        buf_puts(&guard_text,
            which == PROTOCOL_JSON ? "]}" : "</ReceiveMessageResult></ReceiveMessageResponse>");
        guard_add();
    }
    answer_init(&answer);
    format = format_new("https://sqs.eu-west-1.amazonaws.com/000000000000/logins", &options);
    guard_require(format != NULL && !guard_text.failed, "out of memory");
}

static void open_xml(void)
{
    open_answers(PROTOCOL_QUERY);
}

static void open_json(void)
{
    open_answers(PROTOCOL_JSON);
}

static void on_message(void *context, const struct message *message)
{
    const struct buf *record;
    (void)context;
    guard_require(format_record(format, message, UINT64_C(1772694789123), &record) == FORMAT_OK,
        "a message is no record");
    formatted++;
}

static void work_answers(void)
{
    formatted = 0;
    for (size_t i = 0; i < guard_count(); i++) {
        const struct line line = guard_line(i);
        guard_require(answer_begin(&answer, protocol, false, on_message, NULL) == 0,
            "out of memory");
        answer_feed(&answer, line.text, line.length);
        guard_require(answer_finish(&answer, true) == FOUND_WHOLE, "an answer was refused");
    }
    guard_require(formatted == GUARD_RECORDS, "messages are missing");
}

const struct guard_part guard_parts[] = {
    { "answer-xml", open_xml, work_answers },
    { "answer-json", open_json, work_answers },
    { NULL, NULL, NULL },
};
