#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "format.h"
#include "json/scan.h"
#include "json/string.h"
#include "record/member.h"
#include "record/record.h"

enum { LINE_KEPT = 1 << 20 };

struct format {
    struct format_options options;
    struct buf queue_url; /* as a JSON string */
    struct buf line;
    struct json_matches matches;
    struct digest *md5;
};

struct format *format_new(const char *queue_url, const struct format_options *options)
{
    struct format *format = calloc(1, sizeof *format);
    if (format == NULL)
        return NULL;
    format->options = *options;
    buf_init(&format->queue_url, RECORD_MAX);
    buf_init(&format->line, RECORD_MAX);
    format->md5 = digest_new(DIGEST_MD5);
    if (format->md5 == NULL ||
        json_string_encode(&format->queue_url, queue_url, strlen(queue_url)) != 0) {
        format_free(format);
        return NULL;
    }
    return format;
}

void format_free(struct format *format)
{
    if (format == NULL)
        return;
    buf_free(&format->queue_url);
    buf_free(&format->line);
    json_matches_free(&format->matches);
    digest_free(format->md5);
    free(format);
}

static enum format_result compare(const unsigned char *digest, const struct buf *hex)
{
    return digest_is_hex(digest, DIGEST_MD5_SIZE, hex->data, hex->length) ? FORMAT_OK
                                                                          : FORMAT_CORRUPT;
}

/* Accept a message for which the server gives no checksum. */
static enum format_result check_body(const struct format *format, const struct message *message)
{
    unsigned char digest[DIGEST_MD5_SIZE];
    if (message->md5_of_body.length == 0)
        return FORMAT_OK;
    if (digest_update(format->md5, message->body.data, message->body.length) != 0 ||
        digest_final(format->md5, digest) != 0)
        return FORMAT_NO_MEMORY;
    return compare(digest, &message->md5_of_body);
}

/* SQS computes the checksum over the attributes that it returns. */
static enum format_result check_attributes(const struct message *message)
{
    unsigned char digest[ATTRIBUTE_MD5_SIZE];
    if (message->md5_of_attributes.length == 0)
        return FORMAT_OK;
    if (attribute_md5(message->attributes, message->attribute_count, digest) != 0)
        return errno == ENOMEM ? FORMAT_NO_MEMORY : FORMAT_CORRUPT;
    return compare(digest, &message->md5_of_attributes);
}

static enum format_result check(const struct format *format, const struct message *message)
{
    if (!message->whole || message->message_id.length == 0 || message->receipt_handle.length == 0 ||
        message->body.length == 0)
        return FORMAT_CORRUPT;
    enum format_result result = check_body(format, message);
    return result == FORMAT_OK && format->options.attributes->count > 0 ? check_attributes(message)
                                                                        : result;
}

static void put_string(struct buf *line, const char *key, const struct buf *value)
{
    member_string(line, key, value->data, value->length);
}

/* Producers choose these ids, so they are outside sqs, where a masking policy applies. */
static void put_fifo(struct buf *line, const struct message *message)
{
    bool grouped = message->group_id.length > 0;
    if (!grouped && message->deduplication_id.length == 0)
        return;
    buf_puts(line, ",\"fifo\":{");
    put_string(line, "\"message_group_id\":", &message->group_id);
    put_string(line,
        grouped ? ",\"deduplication_id\":" : "\"deduplication_id\":", &message->deduplication_id);
    buf_putc(line, '}');
}

static void put_attributes(struct buf *line, const struct attributes *wanted,
    const struct message *message)
{
    bool first = true;
    for (size_t i = 0; i < message->attribute_count; i++) {
        const struct attribute *attribute = &message->attributes[i];
        if (!attributes_want(wanted, attribute->name, attribute->name_length))
            continue;
        buf_puts(line, first ? ",\"attributes\":{" : ",");
        first = false;
        json_string_encode(line, attribute->name, attribute->name_length);
        buf_puts(line, ":{\"type\":");
        json_string_encode(line, attribute->type, attribute->type_length);
        buf_puts(line, ",\"value\":");
        json_string_encode(line, attribute->value, attribute->value_length);
        buf_putc(line, '}');
    }
    if (!first)
        buf_putc(line, '}');
}

enum format_result format_record(struct format *format, const struct message *message,
    uint64_t lease_until_ms, const struct buf **result)
{
    struct buf *line = &format->line;
    enum format_result sound = check(format, message);
    if (sound != FORMAT_OK)
        return sound;
    buf_shrink(line, LINE_KEPT);
    buf_puts(line, "{\"sqs\":{\"queue_url\":");
    buf_append(line, format->queue_url.data, format->queue_url.length);
    put_string(line, ",\"message_id\":", &message->message_id);
    put_string(line, ",\"receipt_handle\":", &message->receipt_handle);
    member_time(line, ",\"sent_at\":", message->sent_ms);
    member_time(line, ",\"first_received_at\":", message->first_received_ms);
    member_time(line, ",\"lease_until\":", lease_until_ms);
    if (message->receive_count > 0)
        member_number(line, ",\"receive_count\":", message->receive_count);
    put_string(line, ",\"sequence_number\":", &message->sequence_number);
    buf_putc(line, '}');
    if (format->options.fifo_ids)
        put_fifo(line, message);
    put_attributes(line, format->options.attributes, message);
    buf_puts(line, ",\"body\":");
    member_body(line, &format->matches, message->body.data, message->body.length);
    buf_puts(line, "}\n");
    *result = line;
    return line->failed ? FORMAT_NO_MEMORY : FORMAT_OK;
}
