/*
 * Read any line as input of sqs-send. SQS accepts each message: it is not empty, has only allowed
 * characters, and at most 1 MiB with its attributes. These are at most ten, each with a unique
 * name, a type and a value. Written as a record of sqs-pull, the message is the same when read
 * again.
 */
#include "../../cmd/sqs-send/body.h"
#include "base/buf.h"
#include "fuzz.h"
#include "json/scan.h"
#include "json/string.h"

enum { MOST = 64 << 20 };

static struct body_reader *reader, *second;

static int same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0);
}

/* In valid UTF-8: no control character except tab, LF and CR, no U+FFFE and no U+FFFF. */
static void require_allowed(const char *text, size_t length)
{
    fuzz_require(json_string_is_utf8(text, length));
    for (size_t i = 0; i < length; i++) {
        fuzz_require((unsigned char)text[i] >= ' ' || strchr("\t\n\r", text[i]) != NULL);
        fuzz_require(text[i] != '\0');
    }
    fuzz_require(memmem(text, length, "\xef\xbf\xbe", 3) == NULL &&
        memmem(text, length, "\xef\xbf\xbf", 3) == NULL);
}

static void check_attributes(const struct body_message *message)
{
    fuzz_require(message->attribute_count <= ATTRIBUTE_MAXIMUM);
    size_t bytes = message->body->length;
    for (size_t i = 0; i < message->attribute_count; i++) {
        const struct attribute *one = &message->attributes[i];
        fuzz_require(one->name_length > 0 && one->type_length > 0 && one->value_length > 0);
        fuzz_require(json_string_is_utf8(one->name, one->name_length) &&
            json_string_is_utf8(one->type, one->type_length));
        require_allowed(one->value, one->value_length);
        bytes += one->name_length + one->type_length + one->value_length;
        for (size_t j = 0; j < i; j++)
            fuzz_require(!same(one->name, one->name_length, message->attributes[j].name,
                message->attributes[j].name_length));
    }
    fuzz_require(bytes <= BODY_MAXIMUM);
}

/* ---- and back -------------------------------------------------------------------------------- */

static void put_member(struct buf *out, const char *before, const char *text, size_t length)
{
    buf_puts(out, before);
    json_string_encode(out, text, length);
}

/* Write each existing id; for a missing one, fifo has no member. */
static void put_fifo(struct buf *out, const struct body_message *message)
{
    const struct body_text *group = &message->group_id, *deduplication = &message->deduplication_id;
    if (group->text == NULL && deduplication->text == NULL)
        return;
    buf_puts(out, ",\"fifo\":{");
    if (group->text != NULL)
        put_member(out, "\"message_group_id\":", group->text, group->length);
    if (group->text != NULL && deduplication->text != NULL)
        buf_putc(out, ',');
    if (deduplication->text != NULL)
        put_member(out, "\"deduplication_id\":", deduplication->text, deduplication->length);
    buf_putc(out, '}');
}

static void put_record(struct buf *out, const struct body_message *message)
{
    buf_puts(out, "{\"sqs\":");
    if (message->sqs.text != NULL)
        buf_append(out, message->sqs.text, message->sqs.length);
    else
        buf_puts(out, "null");
    put_fifo(out, message);
    put_member(out, ",\"body\":", message->body->data, message->body->length);
    buf_puts(out, ",\"attributes\":{");
    for (size_t i = 0; i < message->attribute_count; i++) {
        const struct attribute *one = &message->attributes[i];
        put_member(out, i > 0 ? "," : "", one->name, one->name_length);
        put_member(out, ":{\"type\":", one->type, one->type_length);
        put_member(out, ",\"value\":", one->value, one->value_length);
        buf_putc(out, '}');
    }
    buf_puts(out, "}}");
    fuzz_require(!out->failed);
}

static void require_same(const struct body_text *a, const struct body_text *b)
{
    fuzz_require(
        (a->text == NULL) == (b->text == NULL) && same(a->text, a->length, b->text, b->length));
}

static void check_again(const struct body_message *message)
{
    static struct buf out = { .maximum = MOST };
    struct body_message again;
    buf_clear(&out);
    put_record(&out, message);
    fuzz_require(body_read(second, out.data, out.length, &again) == BODY_OK);
    fuzz_require(
        same(again.body->data, again.body->length, message->body->data, message->body->length));
    require_same(&again.group_id, &message->group_id);
    require_same(&again.deduplication_id, &message->deduplication_id);
    require_same(&again.message_id, &message->message_id);
    require_same(&again.sqs, &message->sqs);
    fuzz_require(again.attribute_count == message->attribute_count);
    for (size_t i = 0; i < again.attribute_count; i++) {
        const struct attribute *a = &again.attributes[i], *b = &message->attributes[i];
        fuzz_require(same(a->name, a->name_length, b->name, b->name_length) &&
            same(a->type, a->type_length, b->type, b->type_length) &&
            same(a->value, a->value_length, b->value, b->value_length));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct body_message message;
    struct json_result result;
    if (reader == NULL) {
        reader = body_reader_new();
        second = body_reader_new();
    }
    fuzz_require(reader != NULL && second != NULL);
    if (size == 0 || memchr(text, '\n', size) != NULL)
        return 0; /* lines contain none */
    enum body_result read = body_read(reader, text, size, &message);
    enum json_error error = json_scan(text, size, NULL, JSON_MAX_DEPTH, NULL, &result);
    fuzz_require((read == BODY_NOT_JSON) == (error != JSON_OK) && read != BODY_NO_MEMORY);
    fuzz_require(fuzz_is_line(body_result_text(read), 64));
    if (read == BODY_NOT_JSON)
        return 0;
    fuzz_require(message.sqs.text == NULL ||
        (message.sqs.text >= text && message.sqs.text + message.sqs.length <= text + size &&
            *message.sqs.text == '{' && message.sqs.text[message.sqs.length - 1] == '}'));
    if (read != BODY_OK)
        return 0;
    fuzz_require(message.body->length > 0);
    require_allowed(message.body->data, message.body->length);
    check_attributes(&message);
    check_again(&message);
    return 0;
}
